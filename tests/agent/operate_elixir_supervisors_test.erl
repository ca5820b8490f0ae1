%% Tests of operations on Elixir's kinds of supervisors. They need Elixir on the code path, where
%% tests/agent/run puts it; without it they are skipped, and say so.
-module(operate_elixir_supervisors_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1]).
-import(supervisor_fixture, [worker/1, worker/2, children/1, pid/2, process/1, term/1, text/1, kill/1]).

main() ->
    case code:which('Elixir.Kernel') of
        non_existing ->
            io:format("skip  tests of Elixir's supervisors: Elixir is not on the code path~n"),
            halt(0);
        _ ->
            {ok, _} = application:ensure_all_started(elixir),
            agent_fixture:run_tests(?MODULE, "operations on Elixir's supervisors")
    end.

with(Start, Test) ->
    with_agent(fun(Guard) ->
        {ok, Supervisor} = Start(),
        unlink(Supervisor),
        Test(Guard, Supervisor),
        true = supervisor_fixture:is_clean(Supervisor),
        kill(Supervisor)
    end).

dynamic(More) ->
    fun() -> 'Elixir.DynamicSupervisor':start_link([{strategy, one_for_one} | More]) end.

%% The sleeping function of a task.
sleep(_) ->
    receive stop -> ok end.

counts(Supervisor) ->
    maps:from_list(supervisor:count_children(Supervisor)).

%% ---- Supervisor -------------------------------------------------------------------------------

elixirs_supervisor_is_one_of_otp_test() ->
    Start = fun() -> 'Elixir.Supervisor':start_link([worker(a), worker(b)], [{strategy, one_for_one}]) end,
    with(Start, fun(Guard, S) ->
        {ok, #{max_restarts := 3, max_seconds := 5, changeable := true, module := 'Elixir.Supervisor.Default'}} =
            operate(Guard, get_supervisor_flags, #{name => process(S)}),
        {ok, #{'after' := #{strategy := one_for_all}}} =
            operate(Guard, convert_to_one_for_all, #{name => process(S)}),
        {ok, #{id := {'$inspect', {supervisor_fixture, c}}}} =
            operate(Guard, add_child, #{name => process(S), child_spec => term({supervisor_fixture, c})}),
        {ok, #{listed := false}} = operate(Guard, remove_child, #{name => process(S), child_id => <<"a">>}),
        2 = length(children(S))
    end).

an_elixir_module_is_asked_for_its_specification_test() ->
    Start = fun() -> 'Elixir.Supervisor':start_link([], [{strategy, one_for_one}]) end,
    with(Start, fun(Guard, S) ->
        {ok, #{id := 'Elixir.Task.Supervisor', type := supervisor}} =
            operate(Guard, add_child, #{name => process(S), child_spec => term('Elixir.Task.Supervisor')}),
        {ok, #{id := 'Elixir.DynamicSupervisor'}} =
            operate(
                Guard, add_child,
                #{name => process(S), child_spec => term({'Elixir.DynamicSupervisor', [{max_children, 3}]})}
            ),
        {ok, #{max_children := 3}} =
            operate(Guard, get_supervisor_flags, #{name => process(pid(S, 'Elixir.DynamicSupervisor'))})
    end).

a_supervisor_is_started_to_stay_test() ->
    S = supervisor_fixture:supervisor(#{intensity => 3}, []),
    with_agent(fun(Guard) ->
        Arguments = #{
            name => process(S), id => term(mine), strategy => rest_for_one, intensity => 2, period => 9, restart => permanent,
            children => term([worker(a)])
        },
        {ok, #{dry_run := true, stays := true}} = operate(Guard, start_supervisor, Arguments#{dry_run => true}),
        [] = children(S),
        {ok, #{supervisor := New, parent := S, stays := true, active_children := 1}} =
            operate(Guard, start_supervisor, Arguments),
        New = pid(S, mine)
    end),
    Old = pid(S, mine),
    [{a, _}] = children(Old), % the agent has left
    kill(Old),
    eventually(fun() -> is_pid(pid(S, mine)) andalso pid(S, mine) =/= Old end),
    [{a, _}] = children(pid(S, mine)),
    kill(S).

%% ---- DynamicSupervisor ------------------------------------------------------------------------

dynamic_children_are_added_and_removed_test() ->
    with(dynamic([{max_children, 3}, {extra_arguments, [extra]}]), fun(Guard, S) ->
        Spec = #{id => ignored, start => {supervisor_fixture, start_worker, [x]}, restart => transient},
        Arguments = #{name => process(S), child_spec => term(Spec)},
        {ok, #{dry_run := true}} = operate(Guard, add_child, Arguments#{dry_run => true}),
        0 = maps:get(active, counts(S)),
        {ok, #{pid := Pid, restart := transient, listed := true}} = operate(Guard, add_dynamic_child, Arguments),
        {extra, x} = gen_server:call(Pid, state),
        {ok, #{restart := temporary}} = operate(Guard, start_temporary_child, Arguments),
        {ok, #{total := 2, children := Rows}} = operate(Guard, which_children, #{name => process(S)}),
        true = lists:sort([P || {_, P} <- children(S)]) =:= lists:sort([P || #{pid := P} <- Rows]),
        {ok, Counts} = operate(Guard, count_children, #{name => process(S)}),
        true = counts(S) =:= maps:remove(supervisor, Counts),
        {ok, _} = operate(Guard, add_child, Arguments),
        {error, {refused, _, #{max_children := 3}}} = operate(Guard, add_child, Arguments),
        {ok, #{alive := false, listed := false}} =
            operate(Guard, remove_child, #{name => process(S), child_id => process(Pid)}),
        2 = maps:get(active, counts(S)),
        Wrong = #{id => x, start => {supervisor_fixture, start_worker, []}},
        {error, {crashed, _, _}} =
            operate(
                Guard, add_child,
                #{name => process(S), child_spec => term(Spec#{start := {supervisor_fixture, start_failing, []}})}
            ),
        {ok, _} = operate(Guard, add_child, #{name => process(S), child_spec => term(Wrong)})
    end).

flags_of_a_dynamic_supervisor_are_changed_test() ->
    with(dynamic([]), fun(Guard, S) ->
        {ok, #{'after' := #{intensity := 9, period := 99}}} =
            operate(Guard, set_supervisor_flags, #{name => process(S), max_restarts => 9, max_seconds => 99}),
        #{max_restarts := 9, max_seconds := 99} = sys:get_state(S),
        [
            {error, {refused, _, _}} = operate(Guard, set_supervisor_flags, Wrong#{name => process(S)})
         || Wrong <- [
             #{strategy => one_for_all}, #{strategy => simple_one_for_one}, #{auto_shutdown => any_significant}
         ]
        ],
        {error, {refused, _, _}} = operate(Guard, convert_to_simple_one_for_one, #{name => process(S), force => true})
    end).

dynamic_children_are_restarted_without_a_restart_spent_test() ->
    with(dynamic([{max_restarts, 0}]), fun(Guard, S) ->
        Add = fun(Id, Restart) ->
            {ok, Pid} = 'Elixir.DynamicSupervisor':start_child(S, worker(Id, #{restart => Restart})),
            Pid
        end,
        Old = Add(x, permanent),
        {ok, #{child := #{old_pid := Old, new_pid := New}}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => process(Old)}),
        x = gen_server:call(New, state),
        {ok, #{children := [#{old_pid := New}]}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => children}),
        Temporary = Add(y, temporary),
        {error, {refused, _, _}} = operate(Guard, restart_supervisor, #{name => process(S), target => children}),
        true = is_process_alive(Temporary),
        true = is_process_alive(S)
    end).

dynamic_specifications_are_replaced_in_place_test() ->
    with(dynamic([]), fun(Guard, S) ->
        {ok, Pid} = 'Elixir.DynamicSupervisor':start_child(S, worker(x)),
        New = #{id => x, start => {supervisor_fixture, start_worker, [new]}, restart => transient, shutdown => 77},
        {ok, #{'after' := #{pid := Pid, restart := transient, shutdown := 77}}} =
            operate(
                Guard, replace_child_spec, #{name => process(S), child_id => process(Pid), child_spec => term(New)}
            ),
        kill(Pid),
        eventually(fun() -> [P || {_, P} <- children(S), P =:= Pid] =:= [] andalso maps:get(active, counts(S)) =:= 1 end),
        [{_, Next}] = children(S),
        new = gen_server:call(Next, state)
    end).

failures_of_dynamic_children_are_told_test() ->
    with(dynamic([{max_restarts, 10}]), fun(Guard, S) ->
        [{ok, _} = 'Elixir.DynamicSupervisor':start_child(S, worker(N)) || N <- [1, 2]],
        {ok, #{kills := [#{new_pid := New}], survived := true}} =
            operate(Guard, simulate_supervisor_failure, #{name => process(S)}),
        true = lists:member(New, [P || {_, P} <- children(S)]),
        {ok, #{predictions := [#{happens := restarts}, _]}} =
            operate(Guard, test_restart_strategy, #{name => process(S)})
    end).

a_dynamic_supervisor_is_paused_test() ->
    with(dynamic([]), fun(Guard, S) ->
        {ok, Pid} = 'Elixir.DynamicSupervisor':start_child(S, worker(x)),
        {ok, #{paused := true}} = operate(Guard, pause_supervisor, #{name => process(S)}),
        kill(Pid),
        {ok, #{paused := false, ended_count := 1, budget_after := #{used := 1}}} =
            operate(Guard, resume_supervisor, #{name => process(S)}),
        1 = maps:get(active, counts(S))
    end).

%% ---- Task.Supervisor and PartitionSupervisor --------------------------------------------------

a_task_is_started_test() ->
    with(fun() -> 'Elixir.Task.Supervisor':start_link() end, fun(Guard, S) ->
        Spec = #{start => #{module => text(?MODULE), function => text(sleep), args => term([x])}},
        {ok, #{pid := Pid, alive := true, listed := true, restart := temporary}} =
            operate(Guard, add_child, #{name => process(S), child_spec => Spec}),
        [Pid] = 'Elixir.Task.Supervisor':children(S),
        eventually(fun() -> process_info(Pid, current_function) =:= {current_function, {?MODULE, sleep, 1}} end),
        {ok, #{pid := Other, restart := permanent}} =
            operate(Guard, start_permanent_child, #{name => process(S), child_spec => Spec}),
        {ok, #{child := #{old_pid := Other, new_pid := New}}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => process(Other)}),
        true = is_process_alive(New),
        {error, {refused, _, _}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => process(Pid)}),
        {ok, #{alive := false}} = operate(Guard, terminate_child, #{name => process(S), child_id => process(Pid)}),
        {error, {refused, _, _}} = operate(Guard, start_supervisor, #{name => process(S)})
    end).

%% Task.start_link/3 as a specification names the function too; any other start function would start a
%% process beside the task.
a_task_is_the_function_that_it_runs_test() ->
    with(fun() -> 'Elixir.Task.Supervisor':start_link() end, fun(Guard, S) ->
        Add = fun(Spec) -> operate(Guard, add_child, #{name => process(S), child_spec => term(Spec)}) end,
        {ok, #{pid := Pid}} = Add(#{id => any, start => {'Elixir.Task', start_link, [?MODULE, sleep, [x]]}}),
        eventually(fun() -> process_info(Pid, current_function) =:= {current_function, {?MODULE, sleep, 1}} end),
        [Pid] = 'Elixir.Task.Supervisor':children(S),
        {error, {invalid, _, #{field := <<"child_spec">>}}} = Add({'Elixir.Task', 1}),
        {error, {invalid, _, #{field := <<"child_spec">>}}} = Add({'Elixir.Agent', 1}),
        [Pid] = 'Elixir.Task.Supervisor':children(S)
    end).

%% Arguments of a start function are often secrets.
a_child_that_does_not_start_shows_no_arguments_test() ->
    Start = fun() -> 'Elixir.Supervisor':start_link([], [{strategy, one_for_one}]) end,
    with(Start, fun(Guard, S) ->
        Spec = #{id => a, start => {'Elixir.Agent', start_link, [[{password, <<"hunter2">>}]]}},
        {error, {crashed, Text, _}} = operate(Guard, add_child, #{name => process(S), child_spec => term(Spec)}),
        nomatch = string:find(Text, "hunter2"),
        true = is_binary(string:prefix(Text, "the child could not be started: :function_clause in Agent.start_link/2, "))
    end).

partitions_are_children_test() ->
    Options = [{child_spec, 'Elixir.DynamicSupervisor'}, {name, whitebeam_test_partitions}, {partitions, 2}],
    with(fun() -> 'Elixir.PartitionSupervisor':start_link(Options) end, fun(Guard, S) ->
        {ok, #{total := 2, children := Rows}} = operate(Guard, which_children, #{name => process(S)}),
        Truth =
            lists:sort([{Id, Pid} || {Id, Pid, _, _} <- 'Elixir.PartitionSupervisor':which_children(whitebeam_test_partitions)]),
        Truth = lists:sort([{Id, Pid} || #{id := {'$inspect', Id}, pid := Pid} <- Rows]),
        {ok, #{child := #{new_pid := New}}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => <<"1">>}),
        {1, New} = lists:keyfind(1, 1, [{Id, Pid} || {Id, Pid, _, _} <- supervisor:which_children(S)]),
        {ok, #{new_pid := Next}} = operate(Guard, restart_supervisor, #{name => process(New)}),
        Next = pid(S, 1)
    end).
