%% Tests of operations on OTP's supervisors themselves: flags, strategies, pause, restart, start and stop.
-module(operate_supervisors_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1, idle/0]).
-import(
    supervisor_fixture,
    [supervisor/2, supervisor/3, worker/1, worker/2, children/1, pid/2, process/1, term/1, text/1, kill/1]
).

main() ->
    agent_fixture:run_tests(?MODULE, "operations on supervisors").

with(Flags, Children, Test) ->
    with_agent(fun(Guard) ->
        Supervisor = supervisor(Flags, Children),
        Test(Guard, Supervisor),
        true = supervisor_fixture:is_clean(Supervisor),
        kill(Supervisor)
    end).

crash(Supervisor, Id) ->
    Pid = pid(Supervisor, Id),
    exit(Pid, crash),
    eventually(fun() -> lists:member(pid(Supervisor, Id), [Pid, undefined, restarting]) =:= false end).

%% What the supervisor says of its flags, in its own words.
truth(Supervisor) ->
    State = sys:get_state(Supervisor),
    {element(3, State), element(6, State), element(7, State)}.

below(Id, Flags, Children) ->
    #{id => Id, type => supervisor, start => {supervisor_fixture, start_supervisor, [Flags, Children]}}.

%% ---- flags ------------------------------------------------------------------------------------

flags_are_read_with_the_budget_test() ->
    Flags = #{strategy => rest_for_one, intensity => 3, period => 60, auto_shutdown => any_significant},
    with(Flags, [worker(a), worker(b)], fun(Guard, S) ->
        crash(S, a),
        {ok, #{
            strategy := rest_for_one, max_restarts := 3, max_seconds := 60, used := 1, left := 2, frees_in_s := Frees,
            auto_shutdown := any_significant, changeable := true, module := supervisor_fixture
        }} = operate(Guard, get_supervisor_flags, #{name => process(S)}),
        true = Frees > 50 andalso Frees =< 61,
        {ok, #{strategy := rest_for_one, children := 2, dynamic := false, meaning := Meaning}} =
            operate(Guard, get_restart_strategy, #{name => process(S)}),
        true = is_binary(Meaning)
    end).

flags_are_changed_in_place_test() ->
    with(#{intensity => 1, period => 5}, [worker(a)], fun(Guard, S) ->
        Pid = pid(S, a),
        Arguments = #{name => process(S), max_restarts => 7, max_seconds => 70, strategy => one_for_all},
        {ok, #{dry_run := true, 'after' := #{intensity := 7}}} =
            operate(Guard, set_supervisor_flags, Arguments#{dry_run => true}),
        {one_for_one, 1, 5} = truth(S),
        {ok, #{before := Before, 'after' := After, budget := #{left := 7}}} =
            operate(Guard, set_supervisor_flags, Arguments),
        #{strategy := one_for_one, intensity := 1, period := 5} = Before,
        #{strategy := one_for_all, intensity := 7, period := 70} = After,
        {one_for_all, 7, 70} = truth(S),
        {ok, #{'after' := #{intensity := 9}}} =
            operate(Guard, change_supervisor_intensity, #{name => process(S), intensity => 9}),
        {ok, #{'after' := #{period := 90}}} =
            operate(Guard, change_supervisor_period, #{name => process(S), period => 90}),
        {ok, #{'after' := #{auto_shutdown := all_significant}}} =
            operate(Guard, set_supervisor_flags, #{name => process(S), auto_shutdown => all_significant}),
        {one_for_all, 9, 90} = truth(S),
        Pid = pid(S, a)
    end).

a_changed_intensity_counts_test() ->
    with(#{intensity => 0}, [worker(a)], fun(Guard, S) ->
        {ok, _} = operate(Guard, change_supervisor_intensity, #{name => process(S), intensity => 5}),
        [crash(S, a) || _ <- lists:seq(1, 5)],
        true = is_process_alive(S),
        {ok, #{used := 5, left := 0}} = operate(Guard, get_supervisor_flags, #{name => process(S)})
    end).

flags_out_of_range_are_refused_test() ->
    with(#{}, [], fun(Guard, S) ->
        [
            {error, {invalid, _, #{field := _}}} =
                operate(Guard, set_supervisor_flags, maps:merge(#{name => process(S)}, Wrong))
         || Wrong <- [
             #{}, #{intensity => -1}, #{period => 0}, #{intensity => many}, #{strategy => some_for_one},
             #{auto_shutdown => maybe}
         ]
        ],
        {one_for_one, 1, 5} = truth(S)
    end).

%% A supervisor of a form that is not known: RabbitMQ's supervisor2 and what may come.
a_state_of_unknown_form_is_not_changed_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        Old = sys:get_state(S),
        Strange = list_to_tuple(lists:sublist(tuple_to_list(Old), 8) ++ [0, ?MODULE, []]),
        _ = sys:replace_state(S, fun(_) -> Strange end),
        {error, {unsupported, _, _}} =
            operate(Guard, change_supervisor_intensity, #{name => process(S), intensity => 9}),
        {error, {unsupported, _, _}} =
            operate(
                Guard, replace_child_spec, #{name => process(S), child_id => <<"a">>, child_spec => term(worker(a))}
            ),
        {ok, #{changeable := false, max_restarts := 1}} = operate(Guard, get_supervisor_flags, #{name => process(S)}),
        {ok, #{total := 1}} = operate(Guard, which_children, #{name => process(S)}),
        _ = sys:replace_state(S, fun(_) -> {state, what, is, this} end),
        {error, {unsupported, _, _}} = operate(Guard, which_children, #{name => process(S)}),
        Old = sys:replace_state(S, fun(_) -> Old end)
    end).

%% ---- strategies -------------------------------------------------------------------------------

a_changed_strategy_is_followed_test() ->
    with(#{intensity => 5}, [worker(a), worker(b), worker(c)], fun(Guard, S) ->
        Restarted = fun(Name, Id) ->
            {ok, #{'after' := #{strategy := _}, restart := undefined}} = operate(Guard, Name, #{name => process(S)}),
            Before = children(S),
            crash(S, Id),
            lists:sort([I || {I, Pid} <- children(S), lists:keyfind(I, 1, Before) =/= {I, Pid}])
        end,
        [a, b, c] = Restarted(convert_to_one_for_all, b),
        [b, c] = Restarted(convert_to_rest_for_one, b),
        [b] = Restarted(convert_to_one_for_one, b)
    end).

children_restart_with_a_changed_strategy_test() ->
    with(#{}, [worker(a), worker(b)], fun(Guard, S) ->
        Before = children(S),
        Arguments = #{name => process(S), strategy => one_for_all, restart => true},
        {ok, #{restart := #{dry_run := true}}} =
            operate(Guard, change_supervisor_strategy, Arguments#{dry_run => true}),
        {one_for_one, _, _} = truth(S),
        {ok, #{restart := #{children := [#{id := a, new_pid := A}, #{id := b, new_pid := B}]}}} =
            operate(Guard, change_supervisor_strategy, Arguments),
        {one_for_all, _, _} = truth(S),
        [{b, B}, {a, A}] = children(S),
        [] = [Pid || {_, Pid} <- Before, is_process_alive(Pid)],
        {error, {invalid, _, _}} = operate(Guard, change_supervisor_strategy, #{name => process(S)})
    end).

children_that_are_alike_become_simple_with_force_test() ->
    Permanent = #{restart => permanent},
    with(#{intensity => 5}, [worker(a, Permanent), worker(b, Permanent)], fun(Guard, S) ->
        Pids = lists:sort([Pid || {_, Pid} <- children(S)]),
        Arguments = #{name => process(S)},
        {error, {refused, _, #{closest := <<"start_supervisor">>}}} =
            operate(Guard, convert_to_simple_one_for_one, Arguments),
        {error, {refused, _, _}} =
            operate(Guard, change_supervisor_strategy, Arguments#{strategy => simple_one_for_one}),
        {ok, #{dry_run := true, children := 2}} =
            operate(Guard, convert_to_simple_one_for_one, Arguments#{force => true, dry_run => true}),
        {one_for_one, _, _} = truth(S),
        {ok, #{kept := 2, children := 2, 'after' := #{strategy := simple_one_for_one}}} =
            operate(Guard, convert_to_simple_one_for_one, Arguments#{force => true}),
        Pids = lists:sort([Pid || {undefined, Pid} <- children(S)]),
        [{specs, 1}, {active, 2}, {supervisors, 0}, {workers, 2}] = supervisor:count_children(S),
        [First, Second] = Pids,
        State = gen_server:call(First, state),
        exit(First, crash),
        eventually(fun() -> length(children(S)) =:= 2 andalso not lists:keymember(First, 2, children(S)) end),
        [New] = [Pid || {_, Pid} <- children(S), Pid =/= Second],
        State = gen_server:call(New, state), % with its own arguments
        {ok, Third} = supervisor:start_child(S, [c]),
        c = gen_server:call(Third, state),
        {error, {refused, _, _}} = operate(Guard, convert_to_one_for_one, Arguments)
    end).

children_that_differ_do_not_become_simple_test() ->
    Tell = fun(Children) ->
        with(#{}, Children, fun(Guard, S) ->
            Before = sys:get_state(S),
            {error, {refused, _, _}} =
                operate(Guard, convert_to_simple_one_for_one, #{name => process(S), force => true}),
            Before = sys:get_state(S)
        end)
    end,
    Tell([]),
    Tell([worker(a), worker(b, #{restart => transient})]),
    Tell([worker(a), #{id => b, start => {supervisor_fixture, start_trapping, [b]}}]),
    Tell([#{id => a, start => {supervisor_fixture, child_that_is_ignored, []}}, worker(b)]).

%% ---- predictions ------------------------------------------------------------------------------

%% What is predicted for the crash of each child is what happens then.
predictions_come_true_test() ->
    Children = [worker(a), worker(b, #{restart => temporary}), worker(c), worker(d, #{restart => transient})],
    [predicted(Strategy, Id, Children) || Strategy <- [one_for_one, one_for_all, rest_for_one], Id <- [a, b, c, d]].

predicted(Strategy, Id, Children) ->
    with(#{strategy => Strategy, intensity => 1}, Children, fun(Guard, S) ->
        {ok, #{predictions := [Told]}} =
            operate(Guard, test_restart_strategy, #{name => process(S), child_id => atom_to_binary(Id, utf8)}),
        Before = children(S),
        exit(pid(S, Id), crash),
        eventually(fun() -> lists:keyfind(Id, 1, Before) =/= lists:keyfind(Id, 1, children(S)) end),
        After = children(S),
        New = [I || {I, Pid} <- lists:reverse(After), lists:keyfind(I, 1, Before) =/= {I, Pid}],
        Forgotten = [I || {I, _} <- Before, not lists:keymember(I, 1, After)],
        #{started := New, forgotten := Forgotten} = Told
    end).

the_end_of_a_supervisor_is_predicted_test() ->
    Inner = below(inner, #{intensity => 0}, [worker(x)]),
    with(#{intensity => 1, period => 60}, [Inner], fun(Guard, S) ->
        Sup = pid(S, inner),
        {ok, #{predictions := [#{happens := supervisor_ends}], if_supervisor_ends := #{above := [Above]}}} =
            operate(Guard, test_restart_strategy, #{name => process(Sup)}),
        #{pid := S, action := restarts, budget := #{left := 1}} = Above,
        kill(Sup),
        eventually(fun() -> is_pid(pid(S, inner)) andalso pid(S, inner) =/= Sup end),
        {ok, #{if_supervisor_ends := #{above := [#{action := ends}]}}} =
            operate(Guard, test_restart_strategy, #{name => process(pid(S, inner))}),
        {ok, #{predictions := [#{happens := stays_down}]}} =
            operate(Guard, test_restart_strategy, #{name => process(add(S)), child_id => <<"t">>, reason => shutdown})
    end).

add(S) ->
    {ok, Pid} = supervisor:start_child(S, below(other, #{}, [worker(t, #{restart => transient})])),
    Pid.

another_strategy_is_tried_in_thought_test() ->
    with(#{}, [worker(a), worker(b)], fun(Guard, S) ->
        {ok, #{
            current_strategy := one_for_one, strategy := one_for_all,
            predictions := [#{started := [a, b], ended := [b]}, _]
        }} =
            operate(Guard, test_restart_strategy, #{name => process(S), strategy => one_for_all}),
        {error, {refused, _, #{field := <<"strategy">>}}} =
            operate(Guard, test_restart_strategy, #{name => process(S), strategy => simple_one_for_one}),
        {one_for_one, _, _} = truth(S)
    end).

a_strategy_is_suggested_from_what_was_seen_test() ->
    Suggests = fun(S, Guard) ->
        {ok, #{suggested := Strategy, evidence := Evidence, why := Why}} =
            operate(Guard, optimize_restart_strategy, #{name => process(S)}),
        true = is_binary(Why),
        {Strategy, [{K, A, B} || #{kind := K, child := A, other := B} <- Evidence]}
    end,
    with(#{}, [worker(a), worker(b)], fun(Guard, S) ->
        {one_for_one, []} = Suggests(S, Guard),
        [A, B] = [pid(S, Id) || Id <- [a, b]],
        _ = sys:replace_state(B, fun(State) -> put(monitor, monitor(process, A)), State end),
        {rest_for_one, [{monitors, b, a}]} = Suggests(S, Guard),
        _ = sys:replace_state(B, fun(State) -> demonitor(get(monitor)), link(A), State end),
        {one_for_all, [{linked, a, b}]} = Suggests(S, Guard)
    end),
    {Flags, Specs} = {#{strategy => simple_one_for_one}, [worker(s)]},
    with(Flags, Specs, fun(Guard, S) -> {simple_one_for_one, []} = Suggests(S, Guard) end).

%% ---- pause ------------------------------------------------------------------------------------

what_ends_while_paused_is_restarted_on_resume_test() ->
    with(#{intensity => 3}, [worker(a), worker(b)], fun(Guard, S) ->
        Pid = pid(S, a),
        Arguments = #{name => process(S)},
        {error, {conflict, _, _}} = operate(Guard, resume_supervisor, Arguments),
        {ok, #{dry_run := true, paused := false}} = operate(Guard, pause_supervisor, Arguments#{dry_run => true}),
        {ok, #{paused := true, lease := Lease, duration_ms := 60000}} = operate(Guard, pause_supervisor, Arguments),
        {error, {busy, _, _}} = operate(Guard, pause_supervisor, Arguments),
        {ok, #{leases := [#{id := Lease, kind := pause_supervisor, about := #{pid := S}}]}} =
            operate(Guard, list_leases, #{}),
        kill(Pid),
        {ok, #{dry_run := true, ended_while_paused := [a], budget := #{left := 3}}} =
            operate(Guard, resume_supervisor, Arguments#{dry_run => true}),
        {ok, #{paused := false, alive := true, ended_while_paused := [a], budget_after := #{left := 2}}} =
            operate(Guard, resume_supervisor, Arguments),
        New = pid(S, a),
        true = is_process_alive(New) andalso New =/= Pid,
        {ok, #{leases := []}} = operate(Guard, list_leases, #{})
    end).

a_pause_ends_with_its_time_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        {ok, _} = operate(Guard, pause_supervisor, #{name => process(S), duration_ms => 1}),
        [{a, _}] = children(S), % answers again
        [
            {error, {invalid, _, #{field := <<"duration_ms">>}}} =
                operate(Guard, pause_supervisor, #{name => process(S), duration_ms => Wrong})
         || Wrong <- [0, 3600001]
        ]
    end).

a_pause_ends_when_the_agent_leaves_test() ->
    S = supervisor(#{}, [worker(a)]),
    with_agent(fun(Guard) -> {ok, _} = operate(Guard, pause_supervisor, #{name => process(S)}) end),
    [{a, _}] = children(S),
    kill(S).

a_pause_of_somebody_else_needs_force_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        ok = sys:suspend(S),
        {error, {refused, _, _}} = operate(Guard, resume_supervisor, #{name => process(S)}),
        {ok, #{paused := false}} = operate(Guard, resume_supervisor, #{name => process(S), force => true}),
        [{a, _}] = children(S)
    end).

trees_of_the_runtime_are_never_paused_test() ->
    with_agent(fun(Guard) ->
        [
            {error, {protected, _, _}} = operate(Guard, pause_supervisor, #{name => process(Name), force => true})
         || Name <- [kernel_sup, logger_sup]
        ]
    end).

%% ---- restart ----------------------------------------------------------------------------------

a_supervisor_is_restarted_by_its_parent_test() ->
    with(#{intensity => 0}, [below(inner, #{}, [worker(x), worker(y)])], fun(Guard, S) ->
        Old = pid(S, inner),
        Arguments = #{name => process(Old), reason => <<"because">>},
        {ok, #{dry_run := true, parent := S, by := supervisor, ends := #{total := 3}}} =
            operate(Guard, restart_supervisor, Arguments#{dry_run => true}),
        Old = pid(S, inner),
        {ok, #{
            new_pid := New, parent := S, alive := true, ended := 3, exit_reason := {'$inspect', shutdown},
            spends_restarts := false
        }} =
            operate(Guard, restart_supervisor, Arguments),
        New = pid(S, inner),
        false = is_process_alive(Old),
        2 = length(children(New)),
        true = is_process_alive(S)
    end).

children_are_restarted_in_order_test() ->
    Children = [worker(a), worker(b), worker(t, #{restart => temporary}), worker(c)],
    with(#{intensity => 0}, Children, fun(Guard, S) ->
        Before = children(S),
        {ok, #{dry_run := true, child_count := 4, ends := #{total := 5}}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => children, dry_run => true}),
        {ok, #{children := Rows, alive := true}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => children, delay_ms => 1}),
        [{a, A}, {b, B}, {t, undefined}, {c, C}] = [{I, Pid} || #{id := I, new_pid := Pid} <- Rows],
        [{c, C}, {b, B}, {a, A}] = children(S),
        [] = [Pid || {_, Pid} <- Before, is_process_alive(Pid)]
    end).

one_child_is_restarted_test() ->
    with(#{intensity => 0, strategy => one_for_all}, [worker(a), worker(b), worker(t, #{restart => temporary})], fun(Guard, S) ->
        {A, B} = {pid(S, a), pid(S, b)},
        Restart =
            fun(Id) -> operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => Id}) end,
        {ok, #{child := #{id := a, old_pid := A, new_pid := New}}} = Restart(<<"a">>),
        {New, B} = {pid(S, a), pid(S, b)},
        {error, {not_found, _, _}} = Restart(<<"unknown">>),
        {error, {refused, _, _}} = Restart(<<"t">>),
        true = is_process_alive(pid(S, t)),
        {error, {invalid, _, #{field := <<"delay_ms">>}}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => children, delay_ms => 20001})
    end).

dynamic_children_are_restarted_with_their_arguments_test() ->
    with(#{strategy => simple_one_for_one, intensity => 0}, [#{
        id => s, start => {supervisor_fixture, start_worker, [first]}
    }], fun(Guard, S) ->
        {ok, One} = supervisor:start_child(S, [one]),
        {ok, _} = supervisor:start_child(S, [two]),
        {ok, #{child := #{new_pid := New}}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => process(One)}),
        {first, one} = gen_server:call(New, state),
        {ok, #{children := [_, _]}} = operate(Guard, restart_supervisor, #{name => process(S), target => children}),
        [{first, one}, {first, two}] = lists:sort([gen_server:call(Pid, state) || {_, Pid} <- children(S)]),
        true = is_process_alive(S)
    end),
    with(#{strategy => simple_one_for_one}, [worker(
        s, #{restart => temporary, start => {supervisor_fixture, start_worker, []}}
    )], fun(Guard, S) ->
        {ok, Pid} = supervisor:start_child(S, [one]),
        {error, {refused, _, _}} =
            operate(Guard, restart_supervisor, #{name => process(S), target => child, child_id => process(Pid)}),
        true = is_process_alive(Pid)
    end).

what_nobody_would_start_again_is_not_restarted_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        {error, {refused, _, #{closest := <<"stop_supervisor">>}}} =
            operate(Guard, restart_supervisor, #{name => process(S)}),
        true = is_process_alive(S)
    end).

%% ---- stop -------------------------------------------------------------------------------------

a_supervisor_is_stopped_by_its_parent_test() ->
    with(#{}, [below(inner, #{}, [worker(x)])], fun(Guard, S) ->
        Sup = pid(S, inner),
        Worker = pid(Sup, x),
        {ok, #{dry_run := true, by := supervisor, parent := S, ends := #{total := 2}}} =
            operate(Guard, stop_supervisor, #{name => process(Sup), dry_run => true}),
        {ok, #{alive := false, still_alive := [], exit_reason := {'$inspect', shutdown}}} =
            operate(Guard, stop_supervisor, #{name => process(Sup)}),
        [false, false] = [is_process_alive(Pid) || Pid <- [Sup, Worker]],
        [{inner, undefined}] = children(S)
    end).

a_supervisor_without_a_parent_ends_itself_normally_test() ->
    with_agent(fun(Guard) ->
        Self = self(),
        Owner = spawn(fun() ->
            {ok, S} = supervisor_fixture:start_supervisor(#{}, [worker(a)]),
            Self ! {started, S},
            receive stop -> ok end
        end),
        S = receive {started, Pid} -> Pid end,
        {
            ok,
            #{by := itself, parent := Owner, alive := false, exit_reason := {'$inspect', normal}, still_alive := []}
        } =
            operate(Guard, stop_supervisor, #{name => process(S)}),
        true = is_process_alive(Owner),
        Owner ! stop
    end).

%% ---- start ------------------------------------------------------------------------------------

a_supervisor_is_started_for_a_while_test() ->
    with_agent(fun(Guard) ->
        Arguments = #{
            strategy => rest_for_one, intensity => 4, period => 9, children => term([worker(a), worker(b)]),
            register_as => text(?MODULE)
        },
        {ok, #{dry_run := true, supervisor := undefined}} =
            operate(Guard, start_supervisor, Arguments#{dry_run => true}),
        undefined = whereis(?MODULE),
        {ok, #{supervisor := S, lease := Lease, alive := true, active_children := 2, stays := false}} =
            operate(Guard, start_supervisor, Arguments),
        S = whereis(?MODULE),
        {rest_for_one, 4, 9} = truth(S),
        [{b, _}, {a, A}] = children(S),
        crash(S, a),
        {ok, #{leases := [#{id := Lease, kind := start_supervisor, about := #{pid := S}}]}} =
            operate(Guard, list_leases, #{}),
        {error, {conflict, _, #{field := <<"register_as">>}}} = operate(Guard, start_supervisor, Arguments),
        {ok, #{by := lease, alive := false, still_alive := []}} =
            operate(Guard, stop_supervisor, #{name => process(S)}),
        false = is_process_alive(A),
        {ok, #{leases := []}} = operate(Guard, list_leases, #{})
    end).

a_started_supervisor_ends_with_its_time_and_with_the_agent_test() ->
    Self = self(),
    with_agent(fun(Guard) ->
        {ok, #{supervisor := Short}} =
            operate(Guard, start_supervisor, #{duration_ms => 1, children => [worker_given(x)]}),
        eventually(fun() -> not is_process_alive(Short) end),
        {ok, #{supervisor := Long}} = operate(Guard, start_supervisor, #{children => [worker_given(y)]}),
        [{y, Child}] = children(Long),
        Self ! {started, Long, Child}
    end),
    receive {started, S, Child} -> [false, false] = [is_process_alive(Pid) || Pid <- [S, Child]] end.

worker_given(Id) ->
    #{
        id => term(Id),
        start => #{module => text(supervisor_fixture), function => text(start_worker), args => term([Id])}
    }.

a_lease_ends_with_the_supervisor_that_it_holds_test() ->
    with_agent(fun(Guard) ->
        {ok, #{supervisor := S}} = operate(Guard, start_supervisor, #{}),
        exit(S, kill),
        eventually(fun() -> operate(Guard, list_leases, #{}) =:= {ok, #{leases => []}} end)
    end).

a_linked_supervisor_ends_with_its_partner_and_the_other_way_round_test() ->
    with_agent(fun(Guard) ->
        [One, Two] = [idle(), idle()],
        {ok, #{supervisor := First, linked_to := One}} =
            operate(Guard, start_supervisor_link, #{pid => process(One)}),
        {links, Links} = process_info(First, links),
        true = lists:member(One, Links),
        exit(One, kill),
        eventually(fun() -> not is_process_alive(First) end),
        {ok, #{supervisor := Second}} = operate(Guard, start_supervisor_link, #{pid => process(Two)}),
        exit(Second, kill),
        eventually(fun() -> not is_process_alive(Two) end),
        {error, {gone, _, _}} = operate(Guard, start_supervisor_link, #{pid => process(One)}),
        {ok, #{supervisor := Third, linked_to := undefined, lease := Lease}} =
            operate(Guard, start_supervisor_link, #{}),
        {ok, _} = operate(Guard, release_lease, #{lease => Lease}),
        false = is_process_alive(Third)
    end).

a_supervisor_that_cannot_start_leaves_nothing_test() ->
    with_agent(fun(Guard) ->
        Failing = #{id => x, start => {supervisor_fixture, start_failing, [no]}},
        {error, {crashed, _, _}} = operate(Guard, start_supervisor, #{children => term([worker(a), Failing])}),
        [
            {error, {invalid, _, #{field := _}}} = operate(Guard, start_supervisor, Wrong)
         || Wrong <- [
                #{children => term([worker(a), worker(a)])}, #{children => term(x)}, #{intensity => -1},
                #{strategy => simple_one_for_one}, #{duration_ms => 0}
            ]
        ],
        {ok, #{leases := []}} = operate(Guard, list_leases, #{})
    end).

%% Where Elixir is, tests/agent/operate_elixir_supervisors_test.erl starts one.
without_a_callback_that_stays_nothing_is_started_under_a_supervisor_test() ->
    with(#{}, [], fun(Guard, S) ->
        case code:which('Elixir.Supervisor.Default') of
            non_existing ->
                {error, {refused, _, #{field := <<"name">>, closest := <<"add_child">>}}} =
                    operate(Guard, start_supervisor, #{name => process(S)});
            _ ->
                {ok, _} = operate(Guard, start_supervisor, #{name => process(S), dry_run => true})
        end,
        [] = children(S)
    end).

%% ---- specifications ---------------------------------------------------------------------------

a_specification_is_replaced_in_place_test() ->
    with(#{strategy => rest_for_one}, [worker(a), worker(b)], fun(Guard, S) ->
        Pid = pid(S, a),
        New = #{id => a, start => {supervisor_fixture, start_worker, [new]}, restart => transient, shutdown => 77},
        Arguments = #{name => process(S), child_id => <<"a">>, child_spec => term(New), mode => in_place},
        {ok, #{dry_run := true}} = operate(Guard, replace_child_spec, Arguments#{dry_run => true}),
        {ok, #{shutdown := 5000}} = supervisor:get_childspec(S, a),
        {ok, #{before := #{restart := permanent}, 'after' := #{restart := transient, pid := Pid, state := running}}} =
            operate(Guard, replace_child_spec, Arguments),
        {ok, #{start := {_, _, [new]}, restart := transient, shutdown := 77}} = supervisor:get_childspec(S, a),
        [{b, _}, {a, Pid}] = children(S),
        a = gen_server:call(Pid, state),
        crash(S, a),
        new = gen_server:call(pid(S, a), state),
        {error, {refused, _, _}} = operate(Guard, replace_child_spec, Arguments#{child_spec => term(worker(other))}),
        {error, {invalid, _, #{field := <<"mode">>}}} =
            operate(Guard, replace_child_spec, Arguments#{mode => sometimes}),
        {error, {not_found, _, _}} = operate(Guard, replace_child_spec, Arguments#{child_id => <<"unknown">>})
    end).

a_specification_without_an_id_keeps_it_test() ->
    with(#{}, [worker({a, 1})], fun(Guard, S) ->
        Start = #{module => text(supervisor_fixture), function => text(start_worker), args => term([new])},
        {ok, _} =
            operate(
                Guard, replace_child_spec,
                #{name => process(S), child_id => term({a, 1}), child_spec => #{start => Start}}
            ),
        {ok, #{start := {_, _, [new]}}} = supervisor:get_childspec(S, {a, 1})
    end).

a_child_is_exchanged_test() ->
    with(#{}, [worker(a), worker(b)], fun(Guard, S) ->
        Old = pid(S, a),
        Arguments =
            #{name => process(S), child_id => <<"a">>, mode => delete_and_start, child_spec => term(worker(c))},
        {ok, #{dry_run := true, ends := #{total := 1}}} =
            operate(Guard, replace_child_spec, Arguments#{dry_run => true}),
        {ok, #{'after' := #{id := c, pid := New}}} = operate(Guard, replace_child_spec, Arguments),
        [{c, New}, {b, _}] = children(S),
        false = is_process_alive(Old),
        {error, {conflict, _, _}} = operate(Guard, replace_child_spec, Arguments#{child_id => <<"b">>})
    end).

the_old_child_comes_back_when_the_new_one_does_not_start_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        Failing = #{id => x, start => {supervisor_fixture, start_failing, [no]}},
        {error, {crashed, Text, _}} = operate(Guard, replace_child_spec, #{
            name => process(S), child_id => <<"a">>, mode => delete_and_start, child_spec => term(Failing)
        }),
        {_, _} = binary:match(Text, <<"the old child runs again">>),
        [{a, Pid}] = children(S),
        true = is_process_alive(Pid)
    end).

a_shared_specification_is_not_replaced_test() ->
    with(#{strategy => simple_one_for_one}, [worker(s)], fun(Guard, S) ->
        {error, {refused, _, #{closest := _}}} = operate(Guard, replace_child_spec, #{
            name => process(S), child_id => <<"s">>, child_spec => term(worker(s))
        })
    end).
