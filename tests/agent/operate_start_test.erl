%% Tests of starting processes: who owns them, what bonds they have, when they end.
-module(operate_start_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, term/1, eventually/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "starting processes").

%% ---- what is started --------------------------------------------------------------------------

wait(Register) ->
    register(Register, self()),
    receive {stop, Reason} -> exit(Reason) end.

acknowledged(Answer) ->
    proc_lib:init_ack(Answer),
    receive {stop, Reason} -> exit(Reason) end.

acknowledged_me() ->
    acknowledged({ok, self()}).

fails() ->
    proc_lib:init_ack({error, no}),
    exit(normal).

silent() ->
    receive stop -> ok end.

function(Function, Arguments) ->
    #{
        module => {atom, atom_to_binary(?MODULE)},
        function => {atom, atom_to_binary(Function)},
        arguments => term(Arguments)
    }.

leases(Guard) ->
    {ok, #{leases := Leases}} = operate(Guard, list_leases, #{}),
    Leases.

%% ---- spawn ------------------------------------------------------------------------------------

a_spawned_process_runs_and_ends_with_its_lease_test() ->
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid, linked := false, monitored := false, alive := true, lease := Lease}} =
            operate(Guard, spawn_process, function(wait, [spawned_one])),
        eventually(fun() -> whereis(spawned_one) =:= Pid end),
        [#{id := Lease, kind := process, about := #{pid := Pid}}] = leases(Guard),
        {ok, _} = operate(Guard, release_lease, #{lease => Lease}),
        false = is_process_alive(Pid)
    end).

a_lease_ends_with_its_process_test() ->
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid}} = operate(Guard, spawn_process, function(silent, [])),
        Pid ! stop,
        eventually(fun() -> leases(Guard) =:= [] end)
    end).

nothing_is_left_when_the_agent_leaves_test() ->
    Self = self(),
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid}} = operate(Guard, spawn_process, function(silent, [])),
        Self ! {left, Pid}
    end),
    receive {left, Pid} -> false = is_process_alive(Pid) end.

a_linked_process_is_linked_to_its_owner_test() ->
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid, owner := Owner, linked := true}} =
            operate(Guard, spawn_link_process, function(silent, [])),
        {links, [Owner]} = process_info(Pid, links),
        exit(Owner, kill),
        eventually(fun() -> not is_process_alive(Pid) end)
    end).

the_end_of_a_monitored_process_is_kept_in_its_lease_test() ->
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid, monitored := true, linked := false, alive := true}} =
            operate(Guard, spawn_monitor_process, function(wait, [spawned_two])),
        eventually(fun() -> is_pid(whereis(spawned_two)) end),
        Pid ! {stop, done_here},
        eventually(fun() ->
            [#{about := About}] = leases(Guard),
            maps:with([ended, reason], About) =:= #{ended => true, reason => {'$inspect', done_here}}
        end),
        [#{id := Lease}] = leases(Guard),
        {ok, _} = operate(Guard, release_lease, #{lease => Lease})
    end).

a_quick_end_is_seen_while_it_is_waited_for_test() ->
    with_agent(fun(Guard) ->
        Arguments = (function(wait, [spawned_three]))#{wait_ms => 5000},
        spawn(fun() ->
            eventually(fun() -> is_pid(whereis(spawned_three)) end),
            spawned_three ! {stop, quick}
        end),
        {ok, #{alive := false, reason := {'$inspect', quick}}} = operate(Guard, spawn_process, Arguments)
    end).

options_are_set_test() ->
    with_agent(fun(Guard) ->
        Options = #{priority => low, min_heap_size => 10000, max_heap_size => 1000000, message_queue_data => off_heap},
        {ok, #{pid := Pid}} = operate(Guard, spawn_process, maps:merge(function(silent, []), Options)),
        {priority, low} = process_info(Pid, priority),
        {message_queue_data, off_heap} = process_info(Pid, message_queue_data),
        {garbage_collection, Gc} = process_info(Pid, garbage_collection),
        true = proplists:get_value(min_heap_size, Gc) >= 10000,
        #{size := 1000000} = proplists:get_value(max_heap_size, Gc)
    end).

%% ---- start ------------------------------------------------------------------------------------

a_start_waits_for_the_acknowledgement_test() ->
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid, answer := {'$inspect', {ok, Pid}}, linked := false}} =
            operate(Guard, start_process, function(acknowledged_me, [])),
        {ok, #{pid := Linked, owner := Owner, linked := true}} =
            operate(Guard, start_link_process, function(acknowledged_me, [])),
        {links, [Owner]} = process_info(Linked, links),
        {ok, #{monitored := true, pid := Monitored}} =
            operate(Guard, start_monitor_process, function(acknowledged_me, [])),
        true = is_process_alive(Monitored)
    end).

a_process_that_does_not_name_itself_is_found_test() ->
    with_agent(fun(Guard) ->
        {ok, #{pid := Pid, answer := {'$inspect', ready}}} =
            operate(Guard, start_process, function(acknowledged, [ready])),
        {current_function, {?MODULE, acknowledged, 1}} = process_info(Pid, current_function)
    end).

a_start_that_fails_leaves_nothing_test() ->
    with_agent(fun(Guard) ->
        {error, {crashed, Text, _}} = operate(Guard, start_link_process, function(fails, [])),
        {_, _} = binary:match(Text, <<"no">>),
        Before = length(processes()),
        {error, {timeout, _, #{closest := <<"spawn_process">>}}} =
            operate(Guard, start_process, (function(silent, []))#{timeout_ms => 10}),
        eventually(fun() -> length(processes()) =< Before end),
        [] = leases(Guard)
    end).

a_start_function_starts_it_itself_test() ->
    with_agent(fun(Guard) ->
        Call = #{
            module => {atom, <<"gen_server">>},
            function => {atom, <<"start_link">>},
            arguments => term([agent_servers, #{}, []]),
            as => start_function
        },
        {ok, #{pid := Pid, linked := true, lease := Lease}} = operate(Guard, start_link_process, Call),
        {got, hello} = gen_server:call(Pid, hello),
        {error, {invalid, _, #{field := <<"as">>}}} = operate(Guard, start_process, Call#{priority => low}),
        {ok, _} = operate(Guard, release_lease, #{lease => Lease}),
        false = is_process_alive(Pid)
    end).

%% It would look like a process that has ended, with another one left behind.
a_start_function_is_not_taken_for_a_process_test() ->
    with_agent(fun(Guard) ->
        Call = #{
            module => {atom, <<"gen_server">>},
            function => {atom, <<"start_link">>},
            arguments => term([agent_servers, #{}, []])
        },
        {error, {refused, _, #{field := <<"as">>}}} = operate(Guard, start_process, Call),
        [] = leases(Guard)
    end).

%% ---- refusals ---------------------------------------------------------------------------------

wrong_input_starts_nothing_test() ->
    with_agent(fun(Guard) ->
        {error, {not_found, _, #{field := <<"function">>}}} =
            operate(Guard, spawn_process, function(silent, [too, many])),
        {error, {invalid, _, #{field := <<"arguments">>}}} =
            operate(Guard, spawn_process, (function(silent, []))#{arguments => term(not_a_list)}),
        {error, {unknown_atom, _, _}} =
            operate(Guard, spawn_process, (function(silent, []))#{module => {atom, <<"no_such_module_at_all">>}}),
        {error, {invalid, _, #{field := <<"min_heap_size">>}}} =
            operate(Guard, spawn_process, (function(silent, []))#{min_heap_size => 1 bsl 40}),
        {ok, Dry} = operate(Guard, spawn_process, (function(silent, []))#{dry_run => true}),
        #{dry_run := true, function := {'$mfa', ?MODULE, silent, 0}} = Dry,
        [] = leases(Guard)
    end).
