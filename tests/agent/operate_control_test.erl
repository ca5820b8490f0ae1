%% Tests of controlling processes: suspensions, priority, schedulers, garbage, hibernation, backtraces.
-module(operate_control_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, argument/1, eventually/1, idle/0]).

main() ->
    agent_fixture:run_tests(?MODULE, "controlling processes").

status(Pid) ->
    {status, Status} = process_info(Pid, status),
    Status.

pid(Pid) ->
    #{pid => argument(Pid)}.

pid(Pid, More) ->
    More#{pid => argument(Pid)}.

server() ->
    agent_servers:start(#{}).

%% ---- suspensions ------------------------------------------------------------------------------

a_process_is_suspended_until_it_is_resumed_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, #{suspended := true, status := suspended, mode := scheduler, lease := Lease}} =
            operate(Guard, suspend_process, pid(Pid)),
        suspended = status(Pid),
        {error, {conflict, _, #{lease := Lease}}} = operate(Guard, suspend_process, pid(Pid)),
        {ok, #{resumed := [scheduler], suspended := false}} = operate(Guard, resume_process, pid(Pid)),
        waiting = status(Pid),
        {error, {conflict, _, _}} = operate(Guard, resume_process, pid(Pid)),
        exit(Pid, kill)
    end).

a_suspension_ends_with_its_time_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, _} = operate(Guard, pause_process_scheduling, pid(Pid, #{duration_ms => 10})),
        eventually(fun() -> status(Pid) =:= waiting end),
        {ok, _} = operate(Guard, pause_process_scheduling, pid(Pid)),
        {ok, _} = operate(Guard, resume_process_scheduling, pid(Pid)),
        waiting = status(Pid),
        exit(Pid, kill)
    end).

suspensions_end_with_the_agent_test() ->
    [Plain, Server] = [idle(), server()],
    with_agent(fun(Guard) ->
        {ok, _} = operate(Guard, suspend_process, pid(Plain)),
        {ok, _} = operate(Guard, suspend_process, pid(Server, #{mode => system})),
        suspended = status(Plain)
    end),
    waiting = status(Plain),
    {got, 1} = gen_server:call(Server, 1),
    [exit(Pid, kill) || Pid <- [Plain, Server]].

a_server_is_stopped_between_two_messages_test() ->
    with_agent(fun(Guard) ->
        Pid = server(),
        {ok, #{suspended := true, mode := system}} = operate(Guard, suspend_process, pid(Pid, #{mode => system})),
        {error, {conflict, _, #{closest := <<"resume_process">>}}} =
            operate(Guard, suspend_process, pid(Pid, #{mode => system})),
        Request = gen_server:send_request(Pid, hello),
        timeout = gen_server:wait_response(Request, 0),
        #{} = sys:get_state(Pid), % system messages are answered
        {ok, #{resumed := [system], suspended := false}} = operate(Guard, resume_process, pid(Pid)),
        {reply, {got, hello}} = gen_server:wait_response(Request, 5000),
        exit(Pid, kill)
    end).

what_others_suspended_is_not_ours_test() ->
    with_agent(fun(Guard) ->
        [Plain, Server] = [idle(), server()],
        true = erlang:suspend_process(Plain),
        {error, {refused, _, _}} = operate(Guard, resume_process, pid(Plain)),
        suspended = status(Plain),
        ok = sys:suspend(Server),
        {error, {refused, _, #{closest := _}}} = operate(Guard, resume_process, pid(Server)),
        {ok, #{resumed := [system], suspended := false}} = operate(Guard, resume_process, pid(Server, #{mode => system})),
        {got, 1} = gen_server:call(Server, 1),
        [exit(Pid, kill) || Pid <- [Plain, Server]]
    end).

a_suspension_ends_with_its_process_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, _} = operate(Guard, suspend_process, pid(Pid)),
        exit(Pid, kill),
        eventually(fun() -> operate(Guard, list_leases, #{}) =:= {ok, #{leases => []}} end)
    end).

some_are_never_suspended_test() ->
    with_agent(fun(Guard) ->
        Leader = idle(),
        Led = idle(),
        true = group_leader(Leader, Led),
        {error, {refused, _, _}} = operate(Guard, suspend_process, pid(Leader)),
        [exit(P, kill) || P <- [Leader, Led]],
        {error, {not_sys, _, _}} = operate(Guard, suspend_process, pid(idle(), #{mode => system})),
        {error, {protected, _, _}} = operate(Guard, suspend_process, pid(whereis(code_server))),
        {error, {protected, _, _}} = operate(Guard, suspend_process, pid(whereis(init), #{mode => system})),
        Pid = idle(),
        {ok, #{dry_run := true, suspended := true}} = operate(Guard, suspend_process, pid(Pid, #{dry_run => true})),
        waiting = status(Pid),
        exit(Pid, kill)
    end).

%% ---- flags ------------------------------------------------------------------------------------

the_priority_is_changed_and_read_back_test() ->
    with_agent(fun(Guard) ->
        Pid = server(),
        {ok, #{before := normal, priority := low}} =
            operate(Guard, set_process_priority, pid(Pid, #{priority => low})),
        {priority, low} = process_info(Pid, priority),
        {ok, #{dry_run := true, before := low, priority := high}} =
            operate(Guard, set_process_priority, pid(Pid, #{priority => high, dry_run => true})),
        {priority, low} = process_info(Pid, priority),
        {error, {refused, _, #{field := <<"priority">>}}} =
            operate(Guard, set_process_priority, pid(Pid, #{priority => max})),
        {error, {refused, _, _}} = operate(Guard, set_process_priority, pid(idle(), #{priority => low})),
        exit(Pid, kill)
    end).

scheduler_of(Pid) ->
    gen_server:call(Pid, {run, fun() -> erlang:system_info(scheduler_id) end}).

a_pinned_process_stays_where_it_is_test() ->
    with_agent(fun(Guard) ->
        Pid = server(),
        Last = erlang:system_info(schedulers_online),
        [
            begin
                {ok, #{scheduler := N, pinned := true}} =
                    operate(Guard, pin_process_to_scheduler, pid(Pid, #{scheduler => N})),
                [N] = lists:usort([scheduler_of(Pid) || _ <- lists:seq(1, 50)])
            end
         || N <- lists:usort([1, Last])
        ],
        {ok, #{dry_run := true, scheduler := 1}} =
            operate(Guard, pin_process_to_scheduler, pid(Pid, #{scheduler => 1, dry_run => true})),
        {ok, #{pinned := false, was_pinned := true}} = operate(Guard, unpin_process_from_scheduler, pid(Pid)),
        {ok, #{was_pinned := false}} = operate(Guard, unpin_process_from_scheduler, pid(Pid)),
        {ok, #{scheduler := 1, pinned := false}} = operate(Guard, migrate_process, pid(Pid, #{scheduler => 1})),
        {ok, #{was_pinned := false}} = operate(Guard, unpin_process_from_scheduler, pid(Pid)),
        [
            {error, {invalid, _, #{field := <<"scheduler">>, limit := Last}}} =
                operate(Guard, pin_process_to_scheduler, pid(Pid, #{scheduler => N}))
         || N <- [0, Last + 1]
        ],
        {error, {refused, _, _}} = operate(Guard, pin_process_to_scheduler, pid(idle(), #{scheduler => 1})),
        exit(Pid, kill)
    end).

%% ---- garbage ----------------------------------------------------------------------------------

garbage_is_collected_test() ->
    with_agent(fun(Guard) ->
        [
            begin
                Pid = server(),
                ok = gen_server:call(Pid, {run, fun() -> _ = lists:seq(1, 100000), ok end}),
                {memory, Much} = process_info(Pid, memory),
                {ok, #{freed_bytes := Freed, before := Before, 'after' := After}} = operate(Guard, Name, pid(Pid)),
                true = Freed > Much div 2,
                #{memory := Much} = Before,
                {memory, Little} = process_info(Pid, memory),
                #{memory := Little} = After,
                exit(Pid, kill)
            end
         || Name <- [garbage_collect_process, compact_process_heap]
        ],
        Plain = idle(),
        {ok, #{type := minor}} = operate(Guard, garbage_collect_process, pid(Plain, #{type => minor})),
        {ok, #{dry_run := true}} = operate(Guard, garbage_collect_process, pid(Plain, #{dry_run => true})),
        exit(Plain, kill)
    end).

%% ---- hibernation ------------------------------------------------------------------------------

a_server_hibernates_and_wakes_as_it_was_test() ->
    with_agent(fun(Guard) ->
        {ok, Pid} = agent_servers:start_link(#{}),
        ok = gen_server:call(Pid, {run, fun() -> _ = lists:seq(1, 100000), ok end}),
        Status = sys:get_status(Pid),
        {ok, #{dry_run := true}} = operate(Guard, hibernate_process, pid(Pid, #{dry_run => true})),
        {ok, #{hibernates := true, before_bytes := Before, after_bytes := After}} =
            operate(Guard, hibernate_process, pid(Pid)),
        true = After < Before div 2,
        {error, {conflict, _, _}} = operate(Guard, hibernate_process, pid(Pid)),
        {ok, #{woken := true}} = operate(Guard, wake_process, pid(Pid)),
        {got, hello} = gen_server:call(Pid, hello),
        Status = sys:get_status(Pid),
        {error, {conflict, _, _}} = operate(Guard, wake_process, pid(Pid)),
        unlink(Pid),
        exit(Pid, kill)
    end).

a_named_server_keeps_its_name_test() ->
    with_agent(fun(Guard) ->
        {ok, Pid} = gen_server:start_link({local, dreamer}, agent_servers, #{}, []),
        Status = sys:get_status(Pid),
        {ok, #{hibernates := true}} = operate(Guard, hibernate_process, pid(Pid)),
        {got, hello} = gen_server:call(dreamer, hello),
        Status = sys:get_status(Pid),
        unlink(Pid),
        exit(Pid, kill)
    end).

%% From OTP 28 on the stack is kept, and none of this is lost.
what_would_be_lost_is_not_hibernated_test() ->
    with_agent(fun(Guard) ->
        Timed = linked(#{options => [{hibernate_after, 60000}]}),
        Waiting = linked(#{}),
        ok = gen_server:call(Waiting, timeout),
        Traced = linked(#{}),
        ok = sys:install(Traced, {fun(S, _, _) -> S end, none}),
        Registered = linked(#{}),
        true = register(late_name, Registered),
        NotLinked = server(), % is its own parent, where enter_loop/5 would take its starter
        Machine = agent_servers:machine(),
        Pids = [Timed, Waiting, Traced, Registered, NotLinked, Machine],
        Expected = not erlang:function_exported(erlang, hibernate, 0),
        [Expected = is_refused(operate(Guard, hibernate_process, pid(Pid))) || Pid <- Pids],
        {error, {refused, _, #{closest := <<"garbage_collect_process">>}}} =
            operate(Guard, hibernate_process, pid(idle())),
        [exit(Pid, kill) || Pid <- Pids]
    end).

linked(State) ->
    {ok, Pid} = agent_servers:start_link(State),
    unlink(Pid),
    Pid.

is_refused({error, {refused, _, _}}) -> true;
is_refused({ok, #{hibernates := true}}) -> false.

%% ---- proof ------------------------------------------------------------------------------------

%% It would keep a system message in its mailbox for ever.
a_function_of_a_server_module_is_no_server_test() ->
    with_agent(fun(Guard) ->
        Pid = proc_lib:spawn(agent_servers, machine_of_nothing, []),
        eventually(fun() -> not is_process_alive(Pid) end),
        Plain = proc_lib:spawn(?MODULE, wait, []),
        Fake = proc_lib:spawn(fun() ->
            put('$initial_call', {agent_servers, other, 0}),
            wait()
        end),
        eventually(fun() -> status(Fake) =:= waiting end),
        [
            begin
                {error, {refused, _, _}} = operate(Guard, set_process_priority, pid(P, #{priority => low})),
                {messages, []} = process_info(P, messages),
                exit(P, kill)
            end
         || P <- [Plain, Fake]
        ]
    end).

wait() ->
    receive stop -> ok end.

%% ---- backtrace --------------------------------------------------------------------------------

deep(0) ->
    receive stop -> ok end;
deep(N) ->
    1 + deep(N - 1).

a_backtrace_names_the_functions_test() ->
    with_agent(fun(Guard) ->
        Pid = spawn(?MODULE, deep, [20]),
        eventually(fun() -> status(Pid) =:= waiting end),
        {ok, #{frames := Frames, functions := Functions, total := Total, complete := true, status := waiting}} =
            operate(Guard, get_process_backtrace, pid(Pid)),
        {current_stacktrace, Stack} = process_info(Pid, current_stacktrace),
        true = length(Stack) =:= length(Frames),
        [#{function := {'$mfa', ?MODULE, deep, 1}, file := File, line := Line} | _] = Frames,
        [{_, _, _, Location} | _] = Stack,
        Line = proplists:get_value(line, Location),
        <<"tests/agent/operate_control_test.erl">> = File,
        [<<"operate_control_test:deep/1">> | _] = Functions,
        true = Total >= 21,
        exit(Pid, kill)
    end).

a_very_deep_stack_is_not_printed_test() ->
    with_agent(fun(Guard) ->
        Pid = spawn(?MODULE, deep, [200000]),
        eventually(fun() -> status(Pid) =:= waiting end),
        {ok, #{functions := [], complete := false, limit := _, frames := [_ | _]}} =
            operate(Guard, get_process_backtrace, pid(Pid)),
        exit(Pid, kill)
    end).

what_is_dead_is_gone_test() ->
    with_agent(fun(Guard) ->
        {Pid, Monitor} = spawn_monitor(fun() -> ok end),
        receive {'DOWN', Monitor, _, _, _} -> ok end,
        [
            {error, {gone, _, _}} = operate(Guard, Name, pid(Pid, #{priority => low, scheduler => 1}))
         || Name <- [
                suspend_process, resume_process, pause_process_scheduling, resume_process_scheduling,
                set_process_priority, migrate_process, pin_process_to_scheduler, unpin_process_from_scheduler,
                garbage_collect_process, compact_process_heap, hibernate_process, wake_process,
                get_process_backtrace
            ]
        ]
    end).
