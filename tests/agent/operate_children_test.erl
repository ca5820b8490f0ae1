%% Tests of operations on the children of OTP's supervisors, compared with what the supervisor says.
-module(operate_children_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1, idle/0]).
-import(
    supervisor_fixture,
    [supervisor/2, supervisor/3, worker/1, worker/2, children/1, pid/2, process/1, term/1, text/1, kill/1]
).

main() ->
    agent_fixture:run_tests(?MODULE, "operations on children").

%% Runs Test(Guard, Supervisor) with a supervisor of these children, and looks that it is as it was.
with(Flags, Children, Test) ->
    with_agent(fun(Guard) ->
        Supervisor = supervisor(Flags, Children),
        Test(Guard, Supervisor),
        true = supervisor_fixture:is_clean(Supervisor),
        kill(Supervisor)
    end).

simple() ->
    {#{strategy => simple_one_for_one}, [#{id => s, start => {supervisor_fixture, start_worker, [first]}}]}.

start_simple(Supervisor) ->
    {ok, Pid} = supervisor:start_child(Supervisor, [more]),
    Pid.

%% The daemon's form of a specification.
given(Id) ->
    #{
        id => term(Id),
        start => #{module => text(supervisor_fixture), function => text(start_worker), args => term([Id])}
    }.

%% ---- reading ----------------------------------------------------------------------------------

children_are_listed_in_start_order_by_pages_test() ->
    with(#{}, [
        worker(a), worker({b, 1}), worker(c, #{restart => temporary, shutdown => brutal_kill})
    ], fun(Guard, S) ->
        {ok, #{total := 3, children := Rows}} = operate(Guard, which_children, #{name => process(S)}),
        [a, {'$inspect', {b, 1}}, c] = [maps:get(id, Row) || Row <- Rows],
        [A, B, C] = [maps:get(pid, Row) || Row <- Rows],
        [{c, C}, {{b, 1}, B}, {a, A}] = children(S),
        #{restart := temporary, shutdown := brutal_kill, state := running, type := worker} = lists:last(Rows),
        {ok, #{total := 3, children := [#{id := c}]}} =
            operate(Guard, which_children, #{name => process(S), page => 2, per_page => 2}),
        {ok, #{children := []}} = operate(Guard, which_children, #{name => process(S), page => 9})
    end).

children_of_simple_one_for_one_are_listed_test() ->
    {Flags, Specs} = simple(),
    with(Flags, Specs, fun(Guard, S) ->
        Pids = lists:sort([start_simple(S) || _ <- lists:seq(1, 5)]),
        {ok, #{total := 5, children := First}} = operate(Guard, which_children, #{name => process(S), per_page => 3}),
        {ok, #{children := Second}} = operate(Guard, which_children, #{name => process(S), per_page => 3, page => 2}),
        Pids = lists:sort([maps:get(pid, Row) || Row <- First ++ Second])
    end).

counts_are_those_of_the_supervisor_test() ->
    Below = #{id => sup, type => supervisor, start => {supervisor_fixture, start_supervisor, [#{}, []]}},
    with(#{}, [worker(a), Below, worker(b)], fun(Guard, S) ->
        ok = supervisor:terminate_child(S, b),
        {ok, Counts} = operate(Guard, count_children, #{name => process(S)}),
        Truth = maps:from_list(supervisor:count_children(S)),
        Truth = maps:remove(supervisor, Counts)
    end).

what_is_no_supervisor_is_refused_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        [
            {error, {refused, _, #{closest := _}}} = operate(Guard, Name, #{name => process(Pid)})
         || Name <- [
             which_children, count_children, add_child, get_supervisor_flags, pause_supervisor, restart_supervisor
         ]
        ],
        {error, {gone, _, _}} = operate(Guard, which_children, #{name => {pid, 1 bsl 27, 0}}),
        {message_queue_len, 0} = process_info(Pid, message_queue_len),
        exit(Pid, kill)
    end).

%% ---- adding -----------------------------------------------------------------------------------

a_child_is_added_with_the_whole_specification_test() ->
    with(#{}, [], fun(Guard, S) ->
        Spec =
            (given(new))#{
                restart => transient, shutdown => 100, type => worker, modules => [text(supervisor_fixture)]
            },
        Arguments = #{name => process(S), child_spec => Spec},
        {ok, #{id := new, dry_run := true, restart := transient}} =
            operate(Guard, add_child, Arguments#{dry_run => true}),
        [] = children(S),
        {ok, #{pid := Pid, listed := true, alive := true, id := new}} = operate(Guard, add_child, Arguments),
        [{new, Pid}] = children(S),
        {ok, Truth} = supervisor:get_childspec(S, new),
        #{
            id := new, start := {supervisor_fixture, start_worker, [new]}, restart := transient,
            shutdown := 100, type := worker, modules := [supervisor_fixture]
        } = Truth,
        {error, {conflict, _, #{pid := _}}} = operate(Guard, add_child, Arguments),
        ok = supervisor:terminate_child(S, new),
        {error, {conflict, _, #{closest := <<"restart_child">>}}} = operate(Guard, add_child, Arguments)
    end).

a_child_is_added_in_each_form_of_a_specification_test() ->
    with(#{}, [], fun(Guard, S) ->
        Add = fun(Term) -> operate(Guard, add_child, #{name => process(S), child_spec => term(Term)}) end,
        {ok, #{id := a}} = Add(worker(a)),
        {ok, #{id := b}} = Add({b, {supervisor_fixture, start_worker, [b]}, permanent, 10, worker, dynamic}),
        {ok, #{id := {'$inspect', {supervisor_fixture, c}}}} = Add({supervisor_fixture, c}),
        {ok, #{id := {'$inspect', {supervisor_fixture, []}}}} = Add(supervisor_fixture),
        4 = length(children(S)),
        {error, {invalid, _, #{field := <<"child_spec">>}}} = Add({lists, c}),
        {error, {invalid, _, _}} = Add(17),
        {error, {invalid, _, _}} = Add(#{id => x}),
        {error, {invalid, _, _}} = Add(#{id => x, start => {supervisor_fixture, no_such_function, []}}),
        {error, {invalid, _, _}} = Add(worker(x, #{restart => sometimes})),
        {error, {invalid, _, _}} = Add(worker(x, #{restart => transient, significant => true})),
        4 = length(children(S))
    end).

a_child_that_does_not_start_is_not_added_test() ->
    with(#{}, [], fun(Guard, S) ->
        Spec = #{id => x, start => {supervisor_fixture, start_failing, [no_reason]}},
        {error, {crashed, Text, _}} = operate(Guard, add_child, #{name => process(S), child_spec => term(Spec)}),
        {_, _} = binary:match(Text, <<"no_reason">>),
        [] = children(S)
    end).

no_atom_is_made_for_a_specification_test() ->
    with(#{}, [], fun(Guard, S) ->
        Start = #{module => {atom, <<"no_such_module_of_this_node">>}, function => text(start_link)},
        {error, {unknown_atom, _, _}} =
            operate(Guard, add_child, #{name => process(S), child_spec => #{start => Start}}),
        {error, {unknown_atom, _, _}} = operate(Guard, add_child, #{
            name => process(S), child_spec => {term, [<<"another_unknown_atom_of_this_node">>], <<>>}
        })
    end).

children_are_started_with_a_restart_type_test() ->
    with(#{}, [], fun(Guard, S) ->
        Start = fun(Name, Id) -> operate(Guard, Name, #{name => process(S), child_spec => given(Id)}) end,
        {ok, #{restart := temporary}} = Start(start_temporary_child, a),
        {ok, #{restart := transient}} = Start(start_transient_child, b),
        {ok, #{restart := permanent}} = Start(start_permanent_child, c),
        [temporary, transient, permanent] =
            [maps:get(restart, element(2, supervisor:get_childspec(S, Id))) || Id <- [a, b, c]]
    end).

a_dynamic_child_is_added_with_further_arguments_test() ->
    {Flags, Specs} = simple(),
    with(Flags, Specs, fun(Guard, S) ->
        {ok, #{pid := Pid, listed := true}} =
            operate(Guard, add_dynamic_child, #{name => process(S), args => term([second])}),
        {first, second} = gen_server:call(Pid, state),
        {ok, #{pid := Other}} = operate(Guard, add_child, #{name => process(S), child_spec => term([third])}),
        {first, third} = gen_server:call(Other, state),
        {ok, #{pid := Third}} = operate(Guard, start_permanent_child, #{name => process(S)}),
        first = gen_server:call(Third, state),
        {error, {refused, _, #{field := <<"restart">>}}} =
            operate(Guard, start_temporary_child, #{name => process(S)}),
        {error, {invalid, _, #{field := <<"args">>}}} =
            operate(Guard, add_child, #{name => process(S), child_spec => given(x)}),
        {error, {invalid, _, #{field := <<"args">>}}} =
            operate(Guard, add_child, #{name => process(S), args => term(x)}),
        3 = length(children(S))
    end).

%% The start function is OTP's own, and its arguments say what runs.
arguments_that_are_code_need_to_be_allowed_test() ->
    Spec = #{id => s, start => {proc_lib, start_link, [supervisor_fixture]}},
    with(#{strategy => simple_one_for_one}, [Spec], fun(Guard, S) ->
        Arguments = #{name => process(S), args => term([no_such_function, []])},
        {error, {refused, _, #{field := <<"allow_code">>}}} = operate(Guard, add_dynamic_child, Arguments),
        {error, {crashed, _, _}} = operate(Guard, add_child, Arguments#{allow_code => true}),
        0 = length(children(S))
    end).

a_static_supervisor_has_no_dynamic_children_test() ->
    with(#{}, [], fun(Guard, S) ->
        {error, {refused, _, #{closest := <<"add_child">>}}} =
            operate(Guard, add_dynamic_child, #{name => process(S), child_spec => given(x)})
    end).

supervisors_of_the_runtime_need_force_test() ->
    with_agent(fun(Guard) ->
        Arguments = #{name => process(kernel_sup), child_spec => given(x), dry_run => true},
        {error, {protected, _, _}} = operate(Guard, add_child, Arguments),
        {ok, #{dry_run := true}} = operate(Guard, add_child, Arguments#{force => true}),
        {error, {protected, _, _}} = operate(Guard, remove_child, #{
            name => process(kernel_sup), child_id => <<"code_server">>, force => true, dry_run => true
        })
    end).

%% ---- ending and starting ----------------------------------------------------------------------

a_child_is_terminated_and_restarted_test() ->
    with(#{}, [worker(a), worker(b)], fun(Guard, S) ->
        Pid = pid(S, a),
        Arguments = #{name => process(S), child_id => <<"a">>},
        {ok, #{dry_run := true, pid := Pid, ends := #{total := 1}}} =
            operate(Guard, terminate_child, Arguments#{dry_run => true}),
        true = is_process_alive(Pid),
        {error, {refused, _, _}} = operate(Guard, restart_child, Arguments),
        {error, {refused, _, _}} = operate(Guard, delete_child, Arguments),
        {ok, #{pid := Pid, alive := false, listed := true, exit_reason := {'$inspect', shutdown}}} =
            operate(Guard, terminate_child, Arguments),
        undefined = pid(S, a),
        {ok, #{dry_run := true}} = operate(Guard, restart_child, Arguments#{dry_run => true}),
        undefined = pid(S, a),
        {ok, #{pid := New, alive := true}} = operate(Guard, restart_child, Arguments),
        New = pid(S, a),
        {ok, _} = operate(Guard, terminate_child, Arguments),
        {ok, #{dry_run := true}} = operate(Guard, delete_child, Arguments#{dry_run => true}),
        {ok, #{listed := false}} = operate(Guard, delete_child, Arguments),
        [{b, _}] = children(S),
        {error, {not_found, _, #{field := <<"child_id">>}}} = operate(Guard, terminate_child, Arguments)
    end).

a_child_is_found_by_each_form_of_its_id_test() ->
    Ids = [a, {b, 1}, "c", <<"d">>, 17, 'Elixir.Foo', 'two words'],
    with(#{}, [worker(Id) || Id <- Ids], fun(Guard, S) ->
        Find = fun(Given) ->
            {ok, #{pid := Pid}} =
                operate(Guard, terminate_child, #{name => process(S), child_id => Given, dry_run => true}),
            {Id, Pid} = lists:keyfind(Pid, 2, children(S)),
            Id
        end,
        Ids = [Find(term(Id)) || Id <- Ids],
        [a, a, a, 17, 'Elixir.Foo', 'Elixir.Foo', <<"d">>, <<"d">>, 'two words', {b, 1}] = [Find(Given) || Given <- [
            <<"a">>, <<":a">>, text(a), <<"17">>, <<"Foo">>, <<"Elixir.Foo">>, <<"d">>, <<"\"d\"">>, <<":\"two words\"">>, <<"{b,1}">>
        ]],
        {b, 1} = Find(<<"{:b, 1}">>),
        Pid = pid(S, a),
        a = Find(process(Pid)),
        a = Find(list_to_binary(pid_to_list(Pid))),
        a = Find(list_to_binary(["#PID", pid_to_list(Pid)])),
        {error, {not_found, _, _}} =
            operate(Guard, terminate_child, #{name => process(S), child_id => <<"unknown_child_text">>}),
        {error, {not_found, _, _}} =
            operate(Guard, terminate_child, #{name => process(S), child_id => process(self())}),
        {error, {invalid, _, #{field := <<"child_id">>}}} = operate(Guard, terminate_child, #{name => process(S)})
    end).

a_subtree_is_listed_before_it_ends_test() ->
    Below =
        #{
            id => sup, type => supervisor,
            start => {supervisor_fixture, start_supervisor, [#{}, [worker(x), worker(y)]]}
        },
    with(#{}, [Below], fun(Guard, S) ->
        Sup = pid(S, sup),
        {ok, #{ends := #{total := 3, left_out := 0, processes := Rows}}} =
            operate(Guard, terminate_child, #{name => process(S), child_id => <<"sup">>, dry_run => true}),
        Truth = lists:sort([Sup, pid(Sup, x), pid(Sup, y)]),
        Truth = lists:sort([Pid || #{pid := Pid} <- Rows]),
        true = supervisor_fixture:is_clean(Sup)
    end).

dynamic_children_end_by_their_pid_test() ->
    {Flags, Specs} = simple(),
    with(Flags, Specs, fun(Guard, S) ->
        Pid = start_simple(S),
        Other = start_simple(S),
        {ok, #{alive := false, listed := false}} =
            operate(Guard, terminate_child, #{name => process(S), child_id => process(Pid)}),
        false = is_process_alive(Pid),
        {ok, #{alive := false, listed := false, killed := false}} =
            operate(Guard, remove_child, #{name => process(S), child_id => process(Other)}),
        [] = children(S),
        {error, {not_found, _, _}} = operate(Guard, remove_child, #{name => process(S), child_id => <<"s">>})
    end).

%% ---- removing ---------------------------------------------------------------------------------

a_child_is_removed_test() ->
    with(#{}, [worker(a), worker(t, #{restart => temporary})], fun(Guard, S) ->
        Pid = pid(S, a),
        Arguments = #{name => process(S), child_id => <<"a">>},
        {ok, #{dry_run := true, ends := #{processes := [#{pid := Pid}]}}} =
            operate(Guard, remove_child, Arguments#{dry_run => true}),
        {ok, #{pid := Pid, alive := false, listed := false, killed := false}} =
            operate(Guard, remove_child, Arguments),
        [{t, _}] = children(S),
        {ok, #{listed := false}} = operate(Guard, remove_child, #{name => process(S), child_id => <<"t">>}),
        [] = children(S)
    end).

a_child_that_does_not_end_is_killed_only_with_force_test() ->
    Stubborn = #{id => x, start => {supervisor_fixture, start_stubborn, [x]}, shutdown => infinity},
    with(#{}, [Stubborn], fun(Guard, S) ->
        Pid = pid(S, x),
        Arguments = #{name => process(S), child_id => <<"x">>, timeout_ms => 50},
        {error, {timeout, _, #{timeout_ms := 50}}} = operate(Guard, remove_child, Arguments),
        true = is_process_alive(Pid),
        exit(Pid, kill), % the supervisor waits for it
        eventually(fun() -> pid(S, x) =:= undefined end),
        {ok, New} = supervisor:restart_child(S, x),
        {ok, #{pid := New, alive := false, killed := true, listed := false, exit_reason := {'$inspect', killed}}} =
            operate(Guard, remove_child, Arguments#{force => true}),
        [] = children(S)
    end).

a_paused_supervisor_is_not_asked_test() ->
    with(#{}, [worker(a)], fun(Guard, S) ->
        ok = sys:suspend(S),
        {error, {busy, _, #{closest := <<"resume_supervisor">>}}} =
            operate(Guard, terminate_child, #{name => process(S), child_id => <<"a">>}),
        {ok, #{total := 1}} = operate(Guard, which_children, #{name => process(S)}),
        ok = sys:resume(S)
    end).

a_busy_supervisor_is_told_to_be_busy_test() ->
    with_agent(fun(Guard) ->
        S = supervisor(#{}, []),
        ok = sys:suspend(S),
        [S ! nonsense || _ <- lists:seq(1, 200)],
        {error, {busy, _, _}} = operate(Guard, which_children, #{name => process(S)}),
        kill(S)
    end).
