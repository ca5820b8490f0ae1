%% Tests of operations on the processes of Elixir's own behaviours. Needs Elixir on the code path, see
%% tests/agent/run; without it nothing is tested, and the output says so.
-module(operate_elixir_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, argument/1, term/1, eventually/1]).

main() ->
    case code:which('Elixir.Kernel') of
        non_existing ->
            io:format("skipped: tests of Elixir's processes, there is no Elixir on the path~n"),
            halt(0);
        _ ->
            {ok, _} = application:ensure_all_started(elixir),
            agent_fixture:run_tests(?MODULE, "Elixir's processes")
    end.

pid(Pid) ->
    #{pid => argument(Pid)}.

pid(Pid, More) ->
    More#{pid => argument(Pid)}.

elixir(Module, Function, Arguments) ->
    apply(list_to_atom("Elixir." ++ atom_to_list(Module)), Function, Arguments).

started({ok, Pid}) ->
    unlink(Pid),
    Pid.

agent_of(State) ->
    started(elixir('Agent', start_link, [fun() -> State end])).

value(Agent) ->
    elixir('Agent', get, [Agent, fun(State) -> State end]).

%% A child specification as Elixir writes it.
child(Id) ->
    #{id => Id, start => {'Elixir.Agent', start_link, [fun() -> Id end]}}.

%% An agent takes functions only, and ends at anything else: so that is not sent to it.
an_agent_is_known_by_its_loop_test() ->
    with_agent(fun(Guard) ->
        Agent = agent_of(7),
        [
            {error, {refused, _, _}} = operate(Guard, Name, pid(Agent, #{message => term(hi)}))
         || Name <- [call_process, cast_message]
        ],
        {ok, #{understood := unknown, behaviour := gen_server, module := undefined}} =
            operate(Guard, send_message, pid(Agent, #{message => term(hi)})),
        {ok, #{priority := low}} = operate(Guard, set_process_priority, pid(Agent, #{priority => low})),
        7 = value(Agent),
        {error, {crashed, _, #{reason := _}}} =
            operate(Guard, call_process, pid(Agent, #{message => term(hi), force_send => true})),
        false = is_process_alive(Agent)
    end).

an_agent_is_stopped_and_its_mailbox_filtered_test() ->
    with_agent(fun(Guard) ->
        Agent = agent_of(7),
        {ok, #{suspended := true}} = operate(Guard, suspend_process, pid(Agent, #{mode => system})),
        Agent ! {tick, 1},
        Agent ! tock,
        {ok, #{removed := 1, kept := 1}} =
            operate(Guard, filter_message_queue, pid(Agent, #{pattern => term(tock)})),
        {messages, [{tick, 1}]} = process_info(Agent, messages),
        {ok, #{resumed := [system]}} = operate(Guard, resume_process, pid(Agent)),
        7 = value(Agent),
        {ok, #{ended := true, method := system_message}} = operate(Guard, shutdown_process, pid(Agent))
    end).

a_supervisors_child_is_followed_test() ->
    with_agent(fun(Guard) ->
        Supervisor = started(elixir('Supervisor', start_link, [[child(one)], [{strategy, one_for_one}]])),
        [{one, Pid, _, _}] = supervisor:which_children(Supervisor),
        {ok, #{restarted_as := New, child := {'$inspect', one}, supervisor := Supervisor}} =
            operate(Guard, kill_process, pid(Pid)),
        [{one, New, _, _}] = supervisor:which_children(Supervisor),
        {error, {refused, _, _}} = operate(Guard, send_message, pid(Supervisor, #{message => term(hi)})),
        {ok, #{restarted_as := undefined}} = operate(Guard, shutdown_process, pid(New, #{method => supervisor})),
        [{one, undefined, _, _}] = supervisor:which_children(Supervisor),
        {ok, #{ended := 1}} = operate(Guard, terminate_process_tree, pid(Supervisor))
    end).

a_dynamic_supervisors_child_is_followed_test() ->
    with_agent(fun(Guard) ->
        Supervisor = started(elixir('DynamicSupervisor', start_link, [[{strategy, one_for_one}]])),
        [{ok, _}, {ok, Pid}] = [elixir('DynamicSupervisor', start_child, [Supervisor, child(any)]) || _ <- [1, 2]],
        {ok, #{restarted_as := New, restart := permanent, child := undefined}} = operate(Guard, kill_process, pid(Pid)),
        true = lists:member(New, [P || {_, P, _, _} <- elixir('DynamicSupervisor', which_children, [Supervisor])]),
        {ok, #{ended := true, restarted_as := undefined}} =
            operate(Guard, shutdown_process, pid(New, #{method => supervisor})),
        #{active := 1} = elixir('DynamicSupervisor', count_children, [Supervisor]),
        {error, {refused, _, _}} = operate(Guard, call_process, pid(Supervisor, #{message => term(hi)})),
        {ok, #{ended := 2, alive := [], total := 2}} = operate(Guard, terminate_process_tree, pid(Supervisor))
    end).

a_task_ends_with_its_tree_test() ->
    with_agent(fun(Guard) ->
        Supervisor = started(elixir('Task.Supervisor', start_link, [])),
        {ok, Task} = elixir('Task.Supervisor', start_child, [Supervisor, fun() -> receive never -> ok end end]),
        {error, {refused, _, _}} = operate(Guard, cast_message, pid(Task, #{message => term(hi)})),
        {ok, #{total := 2, processes := [#{pid := Supervisor}, #{pid := Task, by := child, restart := temporary}]}} =
            operate(Guard, terminate_process_tree, pid(Supervisor, #{dry_run => true})),
        {ok, #{ended := true, restarted_as := undefined, supervisor := Supervisor}} =
            operate(Guard, kill_process, pid(Task)),
        {ok, #{ended := 1}} = operate(Guard, terminate_process_tree, pid(Supervisor))
    end).

%% Both are supervisors of supervisors or of servers of Elixir's own.
partitions_and_registries_are_supervisors_test() ->
    with_agent(fun(Guard) ->
        Options = [{child_spec, child(part)}, {name, agent_partitions}, {partitions, 2}],
        Partitions = started(elixir('PartitionSupervisor', start_link, [Options])),
        Registry = started(elixir('Registry', start_link, [[{keys, unique}, {name, 'Elixir.TestRegistry'}]])),
        Text = <<"it is a supervisor, which understands no messages from outside">>,
        [
            {error, {refused, Text, _}} = operate(Guard, send_message, pid(Pid, #{message => term(hi)}))
         || Pid <- [Partitions, Registry]
        ],
        [{_, Part, _, _} | _] = supervisor:which_children(Partitions),
        {ok, #{restarted_as := New, supervisor := Partitions}} = operate(Guard, kill_process, pid(Part)),
        true = is_pid(New),
        [
            {ok, #{alive := []}} = operate(Guard, terminate_process_tree, pid(Pid))
         || Pid <- [Partitions, Registry]
        ],
        eventually(fun() -> not is_process_alive(Registry) end)
    end).
