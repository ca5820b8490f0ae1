%% Tests of ending processes: signals, shutdowns, trees.
-module(operate_lifecycle_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, argument/1, term/1, eventually/1, idle/0]).
-import(agent_servers, [supervisor/2, child/1, child/2, only_child/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "ending processes").

%% ---- helpers ----------------------------------------------------------------------------------

trapping() ->
    Self = self(),
    Pid = spawn(fun() ->
        process_flag(trap_exit, true),
        Self ! ready,
        trapped(Self)
    end),
    receive ready -> Pid end.

trapped(Tell) ->
    receive
        Message ->
            Tell ! {self(), Message},
            trapped(Tell)
    end.

dead() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, _, _, _} -> Pid end.

restarting(Children) ->
    supervisor(#{intensity => 10, period => 1}, Children).

%% ---- kill_process -----------------------------------------------------------------------------

a_killed_process_has_ended_test() ->
    with_agent(fun(Guard) ->
        Pid = trapping(),
        {ok, Answer} = operate(Guard, kill_process, #{pid => argument(Pid)}),
        #{pid := Pid, ended := true, reason := {'$inspect', killed}, supervisor := undefined} =
            maps:merge(#{supervisor => undefined}, Answer),
        false = is_process_alive(Pid)
    end).

a_restart_is_told_with_the_new_pid_test() ->
    with_agent(fun(Guard) ->
        Supervisor = restarting([child(one), child(two)]),
        {_, Pid, _, _} = lists:keyfind(one, 1, supervisor:which_children(Supervisor)),
        {ok, #{ended := true, restarted_as := New, restart_known := true} = Answer} =
            operate(Guard, kill_process, #{pid => argument(Pid)}),
        #{supervisor := Supervisor, child := {'$inspect', one}, restart := permanent} = Answer,
        {_, New, _, _} = lists:keyfind(one, 1, supervisor:which_children(Supervisor)),
        exit(Supervisor, kill)
    end).

a_restarted_dynamic_child_is_found_test() ->
    with_agent(fun(Guard) ->
        Supervisor = supervisor(#{strategy => simple_one_for_one}, [child(any)]),
        [{ok, _}, {ok, Pid}] = [supervisor:start_child(Supervisor, []) || _ <- [1, 2]],
        {ok, #{restarted_as := New, child := undefined}} = operate(Guard, kill_process, #{pid => argument(Pid)}),
        true = New =/= Pid,
        true = lists:member(New, [P || {_, P, _, _} <- supervisor:which_children(Supervisor)]),
        exit(Supervisor, kill)
    end).

a_temporary_child_is_not_restarted_test() ->
    with_agent(fun(Guard) ->
        Supervisor = restarting([(child(one))#{restart => temporary}]),
        Pid = only_child(Supervisor),
        {ok, #{restarted_as := undefined, restart_known := true, restart := temporary}} =
            operate(Guard, kill_process, #{pid => argument(Pid)}),
        [] = supervisor:which_children(Supervisor),
        exit(Supervisor, kill)
    end).

a_supervisor_that_gives_up_is_told_test() ->
    with_agent(fun(Guard) ->
        Supervisor = supervisor(#{intensity => 0}, [child(one)]),
        Pid = only_child(Supervisor),
        {ok, #{supervisor_ended := Supervisor, restarted_as := undefined}} =
            operate(Guard, kill_process, #{pid => argument(Pid)}),
        false = is_process_alive(Supervisor)
    end).

what_traps_a_reason_is_said_to_live_test() ->
    with_agent(fun(Guard) ->
        Pid = trapping(),
        {error, {timeout, Text, #{closest := _}}} =
            operate(Guard, kill_process, #{pid => argument(Pid), reason => term({shutdown, now}), timeout_ms => 1}),
        {_, _} = binary:match(Text, <<"traps exits">>),
        receive {Pid, {'EXIT', _, {shutdown, now}}} -> ok end,
        true = is_process_alive(Pid),
        exit(Pid, kill)
    end).

a_dry_run_kills_nothing_test() ->
    with_agent(fun(Guard) ->
        Supervisor = restarting([child(one)]),
        Pid = only_child(Supervisor),
        {ok, #{dry_run := true, ended := true, supervisor := Supervisor, restart := permanent}} =
            operate(Guard, kill_process, #{pid => argument(Pid), dry_run => true}),
        {ok, #{ended := undefined}} =
            operate(Guard, send_exit_signal, #{pid => argument(Supervisor), signal => term(shutdown), dry_run => true}),
        Pid = only_child(Supervisor),
        exit(Supervisor, kill)
    end).

what_the_node_needs_is_protected_test() ->
    with_agent(fun(Guard) ->
        [
            {error, {protected, _, _}} = operate(Guard, Name, #{pid => argument(whereis(Process))})
         || Name <- [kill_process, send_exit_signal, shutdown_process, terminate_process_tree],
            Process <- [init, code_server, kernel_sup, logger]
        ],
        {error, {protected, _, _}} = operate(Guard, kill_process, #{pid => {name, <<"kernel_sup">>}, force => false})
    end).

%% kernel_safe_sup is below kernel_sup; a top supervisor of another application is protected too.
a_top_supervisor_needs_force_test() ->
    with_agent(fun(Guard) ->
        {ok, _} = application:ensure_all_started(sasl),
        Top = whereis(sasl_sup),
        {error, {protected, _, #{closest := <<"stop_application">>}}} =
            operate(Guard, shutdown_process, #{pid => argument(Top)}),
        true = is_process_alive(Top),
        {ok, #{ended := true, dry_run := true}} =
            operate(Guard, kill_process, #{pid => argument(Top), force => true, dry_run => true}),
        ok = application:stop(sasl)
    end).

what_is_dead_is_gone_test() ->
    with_agent(fun(Guard) ->
        [
            {error, {gone, _, _}} = operate(Guard, Name, #{pid => argument(dead())})
         || Name <- [kill_process, send_exit_signal, shutdown_process, terminate_process_tree]
        ]
    end).

an_unknown_atom_in_a_reason_is_not_made_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        Reason = {term, [<<"certainly_unknown_here">>], <<131, 100, 0, 22, "certainly_unknown_here">>},
        {error, {unknown_atom, _, #{atom := <<"certainly_unknown_here">>}}} =
            operate(Guard, kill_process, #{pid => argument(Pid), reason => Reason}),
        true = is_process_alive(Pid),
        exit(Pid, kill)
    end).

%% ---- exit signals -----------------------------------------------------------------------------

an_exit_signal_that_is_ignored_is_said_to_be_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, #{ended := false, why := Why}} =
            operate(Guard, send_exit_signal, #{pid => argument(Pid), signal => term(normal)}),
        {_, _} = binary:match(Why, <<"normal">>),
        true = is_process_alive(Pid),
        {ok, #{ended := true, reason := {'$inspect', shutdown}}} =
            operate(Guard, send_exit_signal, #{pid => argument(Pid), signal => term(shutdown)}),
        Supervisor = restarting([]),
        {ok, #{ended := false, why := Ignored}} =
            operate(Guard, send_exit_signal, #{pid => argument(Supervisor), signal => term(shutdown), timeout_ms => 1}),
        {_, _} = binary:match(Ignored, <<"a supervisor ignores">>),
        exit(Supervisor, kill)
    end).

a_signal_is_sent_later_test() ->
    with_agent(fun(Guard) ->
        Pid = trapping(),
        {ok, #{lease := Lease, delay_ms := 20}} = operate(Guard, send_exit_signal, #{
            pid => argument(Pid), signal => term(later), delay_ms => 20
        }),
        true = is_integer(Lease),
        receive {Pid, {'EXIT', _, later}} -> ok end,
        eventually(fun() -> operate(Guard, list_leases, #{}) =:= {ok, #{leases => []}} end),
        exit(Pid, kill)
    end).

a_delayed_signal_is_taken_back_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, #{lease := Lease}} = operate(Guard, send_exit_signal, #{
            pid => argument(Pid), signal => term(kill), delay_ms => 60000
        }),
        {ok, #{leases := [#{id := Lease, kind := exit_signal}]}} = operate(Guard, list_leases, #{}),
        {ok, _} = operate(Guard, release_lease, #{lease => Lease}),
        {ok, #{leases := []}} = operate(Guard, list_leases, #{}),
        true = is_process_alive(Pid),
        {ok, #{dry_run := true}} = operate(Guard, send_exit_signal, #{
            pid => argument(Pid), signal => term(kill), delay_ms => 1, dry_run => true
        }),
        {ok, #{leases := []}} = operate(Guard, list_leases, #{}),
        {ok, #{ended := true}} = operate(Guard, send_exit_signal, #{
            pid => argument(Pid), signal => term(kill), delay_ms => 0
        })
    end).

a_delayed_signal_ends_with_its_process_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, _} = operate(Guard, send_exit_signal, #{pid => argument(Pid), delay_ms => 60000}),
        Pid ! stop,
        eventually(fun() -> operate(Guard, list_leases, #{}) =:= {ok, #{leases => []}} end)
    end).

%% ---- shutdown_process -------------------------------------------------------------------------

a_server_is_shut_down_in_its_own_way_test() ->
    with_agent(fun(Guard) ->
        Pid = agent_servers:start(),
        {ok, #{method := system_message, ended := true, killed := false, reason := {'$inspect', shutdown}}} =
            operate(Guard, shutdown_process, #{pid => argument(Pid)}),
        receive {Pid, {terminate, shutdown}} -> ok end,
        false = is_process_alive(Pid)
    end).

what_does_not_end_is_killed_test() ->
    with_agent(fun(Guard) ->
        Pid = trapping(),
        {error, {timeout, _, _}} =
            operate(Guard, shutdown_process, #{pid => argument(Pid), timeout_ms => 10, kill => false}),
        receive {Pid, {'EXIT', _, shutdown}} -> ok end,
        {ok, #{method := exit_signal, ended := true, killed := true, reason := {'$inspect', killed}}} =
            operate(Guard, shutdown_process, #{pid => argument(Pid), timeout_ms => 10})
    end).

a_shutdown_by_the_supervisor_is_no_restart_test() ->
    with_agent(fun(Guard) ->
        Supervisor = restarting([child(one)]),
        Pid = only_child(Supervisor),
        Arguments = #{pid => argument(Pid), method => supervisor},
        {ok, #{dry_run := true, supervisor := Supervisor}} =
            operate(Guard, shutdown_process, Arguments#{dry_run => true}),
        Pid = only_child(Supervisor),
        {ok, #{ended := true, method := supervisor, restarted_as := undefined, reason := {'$inspect', shutdown}}} =
            operate(Guard, shutdown_process, Arguments),
        undefined = only_child(Supervisor),
        {error, {refused, _, #{closest := _}}} =
            operate(Guard, shutdown_process, #{pid => argument(Supervisor), method => supervisor}),
        exit(Supervisor, kill)
    end).

a_shutdown_of_a_child_is_followed_by_a_restart_test() ->
    with_agent(fun(Guard) ->
        Supervisor = restarting([child(one)]),
        Pid = only_child(Supervisor),
        {ok, #{restarted_as := New}} = operate(Guard, shutdown_process, #{pid => argument(Pid)}),
        New = only_child(Supervisor),
        exit(Supervisor, kill)
    end).

%% ---- terminate_process_tree -------------------------------------------------------------------

%% A supervisor below a supervisor, and a process that is linked to one of the children.
tree() ->
    Below = {supervisor, #{}, [child(leaf)]},
    Start = {supervisor, start_link, [agent_servers, Below]},
    Inner = #{id => inner, type => supervisor, start => Start},
    Top = restarting([Inner, child(other)]),
    {_, Middle, _, _} = lists:keyfind(inner, 1, supervisor:which_children(Top)),
    Leaf = only_child(Middle),
    Self = self(),
    Linked = spawn(fun() ->
        link(Leaf),
        process_flag(trap_exit, true),
        Self ! linked,
        trapped(Self)
    end),
    receive linked -> ok end,
    {Top, Middle, Leaf, Linked}.

a_tree_ends_without_restarts_test() ->
    with_agent(fun(Guard) ->
        {Top, Below, Leaf, Linked} = tree(),
        {ok, #{dry_run := true, total := 3, processes := Listed, left_out := []}} =
            operate(Guard, terminate_process_tree, #{pid => argument(Below), dry_run => true}),
        [{Below, root}, {Leaf, child}, {Linked, signal}] = [{P, By} || #{pid := P, by := By} <- Listed],
        true = lists:all(fun is_process_alive/1, [Below, Leaf, Linked]),
        {ok, #{ended := 3, alive := [], processes := Ended}} =
            operate(Guard, terminate_process_tree, #{pid => argument(Below)}),
        [shutdown, shutdown, killed] = [Reason || #{reason := {'$inspect', Reason}} <- Ended],
        [] = [P || P <- [Below, Leaf, Linked], is_process_alive(P)],
        {_, undefined, _, _} = lists:keyfind(inner, 1, supervisor:which_children(Top)),
        {_, Other, _, _} = lists:keyfind(other, 1, supervisor:which_children(Top)),
        true = is_process_alive(Other),
        exit(Top, kill)
    end).

a_supervisor_without_parent_ends_with_its_children_test() ->
    with_agent(fun(Guard) ->
        {Top, Below, Leaf, Linked} = tree(),
        {ok, #{ended := 5, alive := []}} = operate(Guard, terminate_process_tree, #{pid => argument(Top)}),
        [] = [P || P <- [Top, Below, Leaf, Linked], is_process_alive(P)]
    end).

links_to_other_trees_are_left_out_test() ->
    with_agent(fun(Guard) ->
        Elsewhere = restarting([]),
        Logger = whereis(logger),
        Self = self(),
        Pid = spawn(fun() ->
            link(Elsewhere),
            link(Logger),
            Self ! linked,
            receive stop -> ok end
        end),
        receive linked -> ok end,
        {ok, #{total := 1, left_out := LeftOut}} =
            operate(Guard, terminate_process_tree, #{pid => argument(Pid), dry_run => true}),
        [Logger, Elsewhere] = lists:sort([P || #{pid := P} <- LeftOut]),
        Pid ! stop, % a reason other than normal would end what it is linked to
        exit(Elsewhere, kill)
    end).

a_tree_over_the_limit_is_not_touched_test() ->
    with_agent(fun(Guard) ->
        {Top, Below, Leaf, Linked} = tree(),
        {error, {too_large, _, #{limit := 2}}} =
            operate(Guard, terminate_process_tree, #{pid => argument(Top), limit => 2}),
        true = lists:all(fun is_process_alive/1, [Top, Below, Leaf, Linked]),
        exit(Top, kill),
        exit(Linked, kill)
    end).
