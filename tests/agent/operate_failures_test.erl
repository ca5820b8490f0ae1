%% Tests of failures on purpose: what is told of them is what happened.
-module(operate_failures_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1]).
-import(supervisor_fixture, [supervisor/2, worker/1, worker/2, children/1, pid/2, process/1, kill/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "failures on purpose").

with(Flags, Children, Test) ->
    with_agent(fun(Guard) ->
        Supervisor = supervisor(Flags, Children),
        Test(Guard, Supervisor),
        is_process_alive(Supervisor) andalso (true = supervisor_fixture:is_clean(Supervisor)),
        is_process_alive(Supervisor) andalso kill(Supervisor)
    end).

simulate(Guard, Supervisor, More) ->
    operate(Guard, simulate_supervisor_failure, More#{name => process(Supervisor)}).

below(Id, Flags, Children) ->
    #{id => Id, type => supervisor, start => {supervisor_fixture, start_supervisor, [Flags, Children]}}.

%% ---- child_crash ------------------------------------------------------------------------------

a_child_crashes_and_is_restarted_test() ->
    with(#{intensity => 3, period => 60}, [worker(a), worker(b)], fun(Guard, S) ->
        Old = pid(S, a),
        Arguments =
            #{scenario => child_crash, target => <<"a">>, count => 2, reason => <<"a reason that is no atom">>},
        {ok, #{
            dry_run := true, kills := [#{id := a, pid := Old, predicted := #{happens := restarts}}],
            preflight := Preflight
        }} =
            simulate(Guard, S, Arguments#{dry_run => true}),
        #{budget := #{used := 0, left := 3}, ends_supervisor := false} = Preflight,
        Old = pid(S, a),
        {ok, #{kills := [First, Second], count := 2, stopped := done, survived := true}} =
            simulate(Guard, S, Arguments),
        #{n := 1, id := a, pid := Old, new_pid := Next, exit_reason := {'$inspect', <<"a reason that is no atom">>}} =
            First,
        #{n := 2, pid := Next, new_pid := New, others_restarted := []} = Second,
        New = pid(S, a),
        {ok, #{used := 2}} = operate(Guard, get_supervisor_flags, #{name => process(S)})
    end).

siblings_that_are_restarted_too_are_told_test() ->
    with(#{strategy => rest_for_one}, [worker(a), worker(b), worker(c)], fun(Guard, S) ->
        [B, C] = [pid(S, Id) || Id <- [b, c]],
        {ok, #{kills := [#{id := b, pid := B, others_restarted := [#{id := c, old_pid := C, new_pid := New}]}]}} =
            simulate(Guard, S, #{target => <<"b">>}),
        New = pid(S, c)
    end).

a_random_child_crashes_test() ->
    with(#{intensity => 100}, [worker(Id) || Id <- lists:seq(1, 5)], fun(Guard, S) ->
        {ok, #{kills := Kills, survived := true}} =
            simulate(Guard, S, #{target => <<"random">>, count => 20, interval_ms => 1}),
        20 = length(Kills),
        [true = is_pid(New) || #{new_pid := New} <- Kills],
        true = length(lists:usort([Id || #{id := Id} <- Kills])) > 1
    end).

a_child_that_is_not_restarted_is_hit_once_test() ->
    with(#{}, [worker(a, #{restart => temporary})], fun(Guard, S) ->
        {ok, #{kills := [#{new_pid := undefined}], stopped := no_target, survived := true}} =
            simulate(Guard, S, #{target => <<"a">>, count => 5}),
        [] = children(S),
        {error, {refused, _, _}} = simulate(Guard, S, #{})
    end).

a_child_that_traps_exits_is_killed_test() ->
    with(#{}, [#{id => x, start => {supervisor_fixture, start_trapping, [x]}}], fun(Guard, S) ->
        {ok, #{kills := [#{signal := {'$inspect', kill}, exit_reason := {'$inspect', killed}}]}} =
            simulate(Guard, S, #{target => <<"x">>})
    end).

it_stops_when_the_supervisor_has_ended_test() ->
    with(#{intensity => 10}, [below(inner, #{intensity => 1}, [worker(x), worker(y)])], fun(Guard, S) ->
        Sup = pid(S, inner),
        {ok, #{preflight := #{
            ends_supervisor := true, if_supervisor_ends := #{above := [#{pid := S, action := restarts}]}
        }}} =
            simulate(Guard, Sup, #{target => <<"x">>, count => 5, dry_run => true}),
        {ok, #{
            kills := Kills, stopped := supervisor_ended, survived := false, exit_reason := {'$inspect', shutdown},
            new_pid := New
        }} =
            simulate(Guard, Sup, #{target => <<"x">>, count => 5}),
        [#{supervisor_alive := true}, #{supervisor_alive := false, new_pid := undefined}] = Kills,
        New = pid(S, inner)
    end).

dynamic_children_crash_test() ->
    with(#{strategy => simple_one_for_one, intensity => 100}, [worker(s, #{start => {supervisor_fixture, start_worker, []}})], fun(Guard, S) ->
        [{ok, _} = supervisor:start_child(S, [N]) || N <- lists:seq(1, 3)],
        {ok, One} = supervisor:start_child(S, [one]),
        {ok, #{kills := [#{pid := One, new_pid := Next}, #{pid := Next, new_pid := New}]}} =
            simulate(Guard, S, #{child_id => process(One), count => 2}),
        one = gen_server:call(New, state),
        4 = length(children(S))
    end).

%% ---- the others -------------------------------------------------------------------------------

all_children_fail_one_after_the_other_test() ->
    with(#{intensity => 3}, [worker(a), worker(b), worker(c)], fun(Guard, S) ->
        Before = children(S),
        {ok, #{kills := Kills, survived := true, stopped := done}} =
            simulate(Guard, S, #{scenario => cascade_failure}),
        [a, b, c] = [Id || #{id := Id} <- Kills],
        [] = [Pid || {_, Pid} <- Before, is_process_alive(Pid)]
    end).

a_cascade_ends_a_supervisor_with_too_few_restarts_test() ->
    with(#{intensity => 1}, [below(inner, #{intensity => 1}, [worker(a), worker(b), worker(c)])], fun(Guard, S) ->
        {ok, #{
            preflight := #{ends_supervisor := true}, kills := [_, _], survived := false, stopped := supervisor_ended,
            above := [#{pid := S, alive := true}]
        }} =
            simulate(Guard, pid(S, inner), #{scenario => cascade_failure})
    end).

a_supervisor_crashes_with_its_children_test() ->
    with(#{intensity => 3}, [below(inner, #{}, [worker(a), worker(b)])], fun(Guard, S) ->
        Sup = pid(S, inner),
        Workers = [Pid || {_, Pid} <- children(Sup)],
        {ok, #{kills := [#{ends := #{total := 3}}]}} =
            simulate(Guard, Sup, #{scenario => supervisor_crash, dry_run => true}),
        {ok, #{kills := [First, Second], survived := false, exit_reason := {'$inspect', killed}, new_pid := New}} =
            simulate(Guard, Sup, #{scenario => supervisor_crash, count => 2}),
        #{pid := Sup, new_pid := Next, children_ended := 2, children_left := []} = First,
        #{pid := Next, new_pid := New} = Second,
        New = pid(S, inner),
        [] = [Pid || Pid <- Workers, is_process_alive(Pid)]
    end).

restarts_are_used_up_test() ->
    with(#{intensity => 3}, [below(
        inner, #{intensity => 4}, [worker(t, #{restart => temporary}), worker(a)]
    )], fun(Guard, S) ->
        {ok, #{kills := Kills, survived := false, stopped := supervisor_ended, new_pid := New}} =
            simulate(Guard, pid(S, inner), #{scenario => restart_intensity}),
        [a, a, a, a, a] = [Id || #{id := Id} <- Kills],
        New = pid(S, inner)
    end),
    with(#{}, [worker(t, #{restart => temporary})], fun(Guard, S) ->
        {error, {refused, _, #{closest := _}}} = simulate(Guard, S, #{scenario => restart_intensity})
    end),
    with(#{intensity => 100}, [worker(a)], fun(Guard, S) ->
        {error, {refused, _, #{limit := 100}}} = simulate(Guard, S, #{scenario => restart_intensity})
    end).

%% An application that was started as permanent would take the node with it.
the_node_is_spared_test() ->
    with_agent(fun(Guard) ->
        ok = supervisor_fixture:application(fragile, [], [a, b]),
        ok = application:start(fragile, permanent),
        {ok, #{top := Top}} = operate(Guard, get_application_info, #{application => {atom, <<"fragile">>}}),
        [
            {error, {refused, _, #{application := <<"fragile">>}}} =
                simulate(Guard, Top, #{scenario => Scenario, count => 3})
         || Scenario <- [restart_intensity, supervisor_crash, child_crash]
        ],
        {ok, #{preflight := #{if_supervisor_ends := #{application := fragile, node_ends := true}}}} =
            simulate(Guard, Top, #{scenario => restart_intensity, dry_run => true}),
        {ok, #{survived := true}} = simulate(Guard, Top, #{scenario => child_crash, count => 1}),
        supervisor_fixture:unload(fragile)
    end).

what_is_wrong_is_told_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        Pid = pid(S, a),
        [
            {error, {invalid, _, #{field := Field}}} = simulate(Guard, S, Wrong)
         || {Field, Wrong} <- [
                {<<"count">>, #{count => 0}}, {<<"count">>, #{count => 101}}, {<<"interval_ms">>, #{interval_ms => -1}},
                {<<"reason">>, #{reason => <<"normal">>}}, {<<"scenario">>, #{scenario => earthquake}}
            ]
        ],
        {error, {not_found, _, _}} = simulate(Guard, S, #{target => <<"nobody">>}),
        ok = sys:suspend(S),
        {error, {busy, _, _}} = simulate(Guard, S, #{}),
        ok = sys:resume(S),
        Pid = pid(S, a)
    end).
