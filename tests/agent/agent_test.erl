%% Tests of the agent's modules, on the erl that runs them.
-module(agent_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [eventually/1, ask/3, ask/4, idle/0, snapshot/0]).

-define(MODULES, (agent_fixture:modules())).

main() ->
    agent_fixture:run_tests(?MODULE, "the agent's modules").

%% ---- helpers ----------------------------------------------------------------------------------

%% Runs a function of a worker; answers its result and the parts that it sent, each paid for.
run(Module, Function, Args) ->
    Self = self(),
    Id = erlang:unique_integer([positive]),
    Pid = spawn_link(fun() ->
        put(whitebeam, {Self, Id}),
        Self ! {result, Id, Module:Function(Args)}
    end),
    collect(Id, Pid, []).

collect(Id, Pid, Parts) ->
    receive
        {part, Id, From, Part} ->
            From ! {credit, 1},
            collect(Id, Pid, [Part | Parts]);
        {result, Id, Result} ->
            {Result, lists:reverse(Parts)}
    after 10000 -> exit(no_result)
    end.

start_agent() ->
    agent_fixture:start_agent(?MODULES).

stop_agent(Guard) ->
    agent_fixture:stop_agent(Guard, ?MODULES).

dead() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, _, _, _} -> Pid end.

%% This module is callback of everything that needs one.
init({supervisor, Flags, Children}) -> {ok, {Flags, Children}};
init({server, State}) -> {ok, State}.

handle_call(_, _, State) -> {reply, ok, State}.

handle_cast(wait, State) ->
    receive go -> {noreply, State} end.

start_child(State) -> gen_server:start_link(?MODULE, {server, State}, []).

child(Id) -> #{id => Id, start => {?MODULE, start_child, [Id]}}.

supervisor(Flags, Children) ->
    {ok, Pid} = supervisor:start_link(?MODULE, {supervisor, Flags, Children}),
    Pid.

%% ---- whitebeam_agent and whitebeam_keeper ------------------------------------------------------

agent_says_what_the_node_is_test() ->
    {Guard, Hello} = start_agent(),
    #{protocol := 1, otp := Otp, word := 8, schedulers := Schedulers, ticks := []} = Hello,
    Otp = list_to_integer(erlang:system_info(otp_release)),
    Schedulers = erlang:system_info(schedulers_online),
    stop_agent(Guard).

agent_leaves_the_node_as_it_was_test() ->
    {First, _} = start_agent(),
    stop_agent(First), % what the first use loads stays loaded
    eventually(fun() -> agent_fixture:gone(?MODULES) end),
    Before = snapshot(),
    {Guard, _} = start_agent(),
    {ok, _, _} = ask(Guard, sweep, [1]),
    {ok, _, _} = ask(Guard, applications, []),
    stop_agent(Guard),
    eventually(fun() -> snapshot() =:= Before end).

agent_answers_heartbeats_test() ->
    {Guard, _} = start_agent(),
    Guard ! {heartbeat, 17},
    receive {heartbeat, 17, {Processes, _, 0}} when Processes > 10 -> ok end,
    stop_agent(Guard).

agent_leaves_when_the_daemon_ends_test() ->
    Daemon = spawn(fun() -> receive stop -> ok end end),
    {ok, Guard, _} = whitebeam_agent:start(Daemon, ?MODULES),
    true = is_process_alive(Guard),
    exit(Daemon, kill),
    eventually(fun() -> agent_fixture:gone(?MODULES) end),
    false = is_process_alive(Guard).

agent_leaves_without_heartbeats_test() ->
    {Guard, _} = start_agent(),
    Start = erlang:monotonic_time(millisecond),
    eventually(fun() -> agent_fixture:gone(?MODULES) end),
    false = is_process_alive(Guard),
    true = erlang:monotonic_time(millisecond) - Start >= 4000.

agent_stays_while_another_daemon_is_there_test() ->
    {First, _} = start_agent(),
    {Second, _} = start_agent(),
    First ! detach,
    receive detached -> ok end,
    {ok, #{processes := _}, []} = ask(Second, figures, []),
    stop_agent(Second).

agent_ends_requests_at_their_deadline_test() ->
    {Guard, _} = start_agent(),
    Victim = idle(),
    {error, {deadline, _, _}, []} = ask(Guard, exit_signal, [Victim, <<"normal">>, false, false, 5000], 50),
    stop_agent(Guard),
    exit(Victim, kill).

agent_cancels_requests_test() ->
    {Guard, _} = start_agent(),
    Victim = idle(),
    Guard ! {request, 1, 5000, exit_signal, [Victim, <<"normal">>, false, false, 4000]},
    Guard ! {cancel, 1},
    Guard ! {heartbeat, 1},
    receive {heartbeat, 1, {_, _, Workers}} -> true = Workers =< 1 end,
    receive {reply, 1, _, _} -> exit(answered) after 200 -> ok end,
    stop_agent(Guard),
    exit(Victim, kill).

agent_survives_unknown_requests_and_messages_test() ->
    {Guard, _} = start_agent(),
    Guard ! nonsense,
    Guard ! {make_ref(), nonsense},
    {error, {_, _, _}, []} = ask(Guard, no_such_function, []),
    {error, {_, _, _}, []} = ask(Guard, details, [not_a_pid, [], 10]),
    {ok, #{processes := _}, []} = ask(Guard, figures, []),
    stop_agent(Guard).

agent_limits_requests_that_run_at_once_test() ->
    {Guard, _} = start_agent(),
    Victim = idle(),
    [Guard ! {request, N, 5000, exit_signal, [Victim, <<"normal">>, false, false, 2000]} || N <- lists:seq(1, 70)],
    receive {reply, _, error, {full, _, _}} -> ok end,
    stop_agent(Guard),
    exit(Victim, kill).

part_and_chunk_wait_for_credit_test() ->
    Self = self(),
    Pid = spawn_link(fun() ->
        put(whitebeam, {Self, 9}),
        6 = lists:foldl(fun(N, Unpaid) -> whitebeam_agent:part(N, Unpaid) end, 0, lists:seq(1, 10)),
        8 = whitebeam_agent:chunk(Self, 9, last, 7),
        Self ! finished
    end),
    [receive {part, 9, Pid, N} -> ok end || N <- lists:seq(1, 8)],
    receive {part, 9, Pid, 9} -> exit(unpaid) after 100 -> ok end,
    Pid ! {credit, 4},
    [receive {part, 9, Pid, N} -> ok end || N <- [9, 10, last]],
    receive finished -> ok end.

%% The daemon pays for four parts at once, and for those only once it has them.
parts_go_on_when_they_are_paid_by_four_test() ->
    Self = self(),
    Pid = spawn_link(fun() ->
        put(whitebeam, {Self, 9}),
        Parts = lists:seq(1, 103),
        Unpaid = lists:foldl(fun(N, U) -> whitebeam_agent:part(N, U) end, 0, Parts),
        Self ! {finished, Unpaid}
    end),
    [
        receive {part, 9, Pid, N} -> N rem 4 =:= 0 andalso (Pid ! {credit, 4})
        after 5000 -> exit({stands_still, N})
        end
     || N <- lists:seq(1, 103)
    ],
    receive {finished, Unpaid} -> true = Unpaid =< 8 end.

keeper_removes_the_code_after_the_last_guard_test() ->
    First = idle(),
    Second = idle(),
    ok = whitebeam_keeper:join(First, ?MODULES),
    ok = whitebeam_keeper:join(Second, ?MODULES),
    true = is_pid(whereis(whitebeam_keeper)),
    exit(First, kill),
    ok = whitebeam_keeper:join(idle_linked(), ?MODULES),
    exit(Second, kill),
    true = is_pid(whereis(whitebeam_keeper)),
    exit(get(idle), kill),
    eventually(fun() -> agent_fixture:gone(?MODULES) end).

idle_linked() ->
    Pid = idle(),
    put(idle, Pid),
    Pid.

%% ---- whitebeam_process -------------------------------------------------------------------------

whereis_name_makes_no_atoms_test() ->
    Kernel = whereis(kernel_sup),
    {ok, Kernel} = whitebeam_process:whereis_name([<<"kernel_sup">>]),
    {ok, undefined} = whitebeam_process:whereis_name([<<"lists">>]),
    Before = erlang:system_info(atom_count),
    {ok, undefined} = whitebeam_process:whereis_name([<<"no atom has this ", 0, " name 4711">>]),
    Before = erlang:system_info(atom_count).

find_pid_answers_those_alive_test() ->
    Pid = idle(),
    [_, Id, Serial] = [list_to_integer(N) || N <- string:tokens(pid_to_list(Pid), "<.>")],
    {ok, Pid} = whitebeam_process:find_pid([Id, Serial]),
    exit(Pid, kill),
    eventually(fun() -> whitebeam_process:find_pid([Id, Serial]) =:= {ok, undefined} end),
    {ok, undefined} = whitebeam_process:find_pid([16#ffffffff, 16#ffffffff]).

details_are_those_of_process_info_test() ->
    Pid = idle(),
    link(Pid),
    Reference = monitor(process, Pid),
    {ok, Details} = whitebeam_process:details([Pid, [links, monitors, dictionary, stack_trace], 100]),
    Self = self(),
    #{links := [Self], monitored_by := [Self], monitors := [], message_queue_len := 0,
        dictionary := [], current_stacktrace := [_ | _], memory := Memory} = Details,
    true = is_integer(Memory),
    {ok, Few} = whitebeam_process:details([Pid, [], 100]),
    false = maps:is_key(links, Few),
    demonitor(Reference, [flush]),
    unlink(Pid),
    Pid ! one,
    {ok, #{memory := unknown}} = whitebeam_process:details([Pid, [links], 0]),
    {error, {gone, _, _}} = whitebeam_process:details([dead(), [], 100]).

exit_signal_obeys_and_protects_test() ->
    Pid = idle(),
    {ok, dry_run} = whitebeam_process:exit_signal([Pid, <<"kill">>, false, true, 100]),
    {ok, alive} = whitebeam_process:exit_signal([Pid, <<"normal">>, false, false, 50]),
    {error, {unknown_atom, _, _}} =
        whitebeam_process:exit_signal([Pid, <<"no such atom, I hope">>, false, false, 50]),
    {ok, {ended, killed}} = whitebeam_process:exit_signal([Pid, <<"kill">>, false, false, 1000]),
    {error, {gone, _, _}} = whitebeam_process:exit_signal([Pid, <<"kill">>, false, false, 10]),
    Protected = [init, kernel_sup, code_server, application_controller, logger, net_kernel, rex, erl_prim_loader],
    [] = [
        Name
     || Name <- Protected,
        case whitebeam_process:exit_signal([whereis(Name), <<"kill">>, false, true, 10]) of
            {error, {protected, _, _}} -> false;
            _ -> true
        end
    ].

initial_call_is_that_of_proc_lib_test() ->
    {ok, Pid} = start_child(x),
    {?MODULE, init, 1} = whitebeam_process:initial_call(Pid),
    {?MODULE, init, 1} = whitebeam_process:initial_call(Pid, 1 bsl 28),
    none = whitebeam_process:initial_call(idle()),
    none = whitebeam_process:initial_call(dead()).

%% ---- whitebeam_state ---------------------------------------------------------------------------

-define(LIMITS, 1000, 1 bsl 26, 1 bsl 20).

states_are_read_only_where_that_is_safe_test() ->
    {ok, {_, _, _}} = whitebeam_state:state([whereis(kernel_sup), 1000, ?LIMITS]),
    {error, {not_sys, _, _}} = whitebeam_state:state([idle(), 1000, ?LIMITS]),
    {error, {gone, _, _}} = whitebeam_state:state([dead(), 1000, ?LIMITS]),
    {error, {too_large, _, #{limit := 10}}} =
        whitebeam_state:state([whereis(kernel_sup), 1000, 1000, 1 bsl 26, 10]),
    {error, {protected, _, _}} = whitebeam_state:state([whereis(auth), 1000, ?LIMITS]),
    {error, {too_large, _, [_, 100]}} =
        whitebeam_state:state([whereis(kernel_sup), 1000, 1000, 100, 1 bsl 20]).

states_of_processes_that_do_not_answer_test() ->
    Plain = idle(),
    true = erlang:suspend_process(Plain),
    {error, {_, _, _}} = whitebeam_state:state([Plain, 100, ?LIMITS]),
    {message_queue_len, 0} = process_info(Plain, message_queue_len),
    erlang:resume_process(Plain),
    [Plain ! N || N <- lists:seq(1, 5)],
    {error, {queue, _, [_, 1]}} = whitebeam_state:state([Plain, 100, 1, 1 bsl 26, 1 bsl 20]).

%% ---- whitebeam_supervisor and whitebeam_inside -------------------------------------------------

supervisors_are_described_test() ->
    Pid = supervisor(#{strategy => rest_for_one, intensity => 4, period => 9}, [child(a), child({b, 1})]),
    {{ok, done}, Parts} = run(whitebeam_supervisor, supervisors, [[Pid], true, 1000]),
    [{supervisor, Pid, supervisor, ?MODULE, {rest_for_one, 4, 9, 0, undefined, never}, {2, 2, 0, 2}}] =
        [Part || Part <- Parts, element(1, Part) =:= supervisor],
    [{children, Pid, [{a, A, worker, permanent, 5000, false, ?MODULE}, {{b, 1}, _, _, _, _, _, _}]}] =
        [Part || Part <- Parts, element(1, Part) =:= children],
    true = is_process_alive(A),
    {read, Pid} = lists:last(Parts).

dynamic_children_share_their_spec_test() ->
    Simple = #{id => any, start => {?MODULE, start_child, []}, restart => temporary},
    Many = supervisor(#{strategy => simple_one_for_one}, [Simple]),
    Started = [begin {ok, C} = supervisor:start_child(Many, [N]), C end || N <- lists:seq(1, 2500)],
    {{ok, done}, Parts} = run(whitebeam_supervisor, supervisors, [[Many], true, 5000]),
    Sent = lists:append([Pids || {dynamic, P, {_, worker, temporary, _, _, _}, Pids} <- Parts, P =:= Many]),
    true = lists:sort(Sent) =:= lists:sort(Started),
    [{1, 2500, 0, 2500}] = [Counts || {supervisor, _, _, _, _, Counts} <- Parts].

what_is_no_supervisor_gets_no_message_test() ->
    Plain = idle(),
    {ok, Server} = start_child(x),
    Dead = dead(),
    {{ok, done}, Parts} = run(whitebeam_supervisor, supervisors, [[Plain, Server, Dead], true, 1000]),
    true = lists:member({not_supervisor, Plain}, Parts),
    true = lists:member({not_supervisor, Server}, Parts),
    true = lists:member({gone, Dead}, Parts),
    {message_queue_len, 0} = process_info(Plain, message_queue_len).

a_busy_supervisor_is_reported_and_keeps_its_state_test() ->
    Pid = supervisor(#{}, [child(a)]),
    ok = sys:suspend(Pid),
    Before = sys:get_state(Pid),
    {{ok, done}, _} = run(whitebeam_supervisor, supervisors, [[Pid], true, 200]),
    ok = sys:resume(Pid),
    Before = sys:get_state(Pid),
    true = erlang:suspend_process(Pid),
    {{ok, done}, Parts} = run(whitebeam_supervisor, supervisors, [[Pid], true, 200]),
    true = lists:member({busy, Pid}, Parts),
    erlang:resume_process(Pid),
    Before = sys:get_state(Pid).

restarts_used_are_counted_test() ->
    Pid = supervisor(#{intensity => 5, period => 100}, [child(a)]),
    [kill_child(Pid) || _ <- [1, 2]],
    {{ok, done}, Parts} = run(whitebeam_supervisor, supervisors, [[Pid], false, 1000]),
    [{one_for_one, 5, 100, 2, Oldest, never}] = [Flags || {supervisor, _, _, _, Flags, _} <- Parts],
    true = Oldest =< 10,
    [] = [Part || Part <- Parts, element(1, Part) =:= children].

kill_child(Pid) ->
    [{a, Child, _, _}] = supervisor:which_children(Pid),
    exit(Child, kill),
    eventually(fun() ->
        case supervisor:which_children(Pid) of
            [{a, New, _, _}] when is_pid(New), New =/= Child -> true;
            _ -> false
        end
    end).

inside_summarises_states_it_knows_and_no_others_test() ->
    Pid = supervisor(#{}, [child(a)]),
    State = sys:get_state(Pid),
    {supervisor, ?MODULE, {one_for_one, 1, 5, 0, undefined, never}, {1, 1, 0, 1}} =
        whitebeam_inside:summary(State, supervisor),
    {supervisor, undefined, unknown, unknown} = whitebeam_inside:summary({other, state}, supervisor),
    Tag = make_ref(),
    ok = whitebeam_inside:send_children(self(), Tag, State),
    receive {Tag, children, [{a, _, worker, permanent, 5000, false, ?MODULE}]} -> ok end,
    ok = whitebeam_inside:send_children(self(), Tag, {other, state}),
    receive {Tag, _, _} -> exit(sent) after 0 -> ok end.

inside_knows_elixirs_dynamic_supervisor_test() ->
    Child = idle(),
    State = #{
        '__struct__' => 'Elixir.DynamicSupervisor', strategy => one_for_one, max_restarts => 3,
        max_seconds => 5, mod => some_module, restarts => [],
        children => #{Child => {{m, f, []}, temporary, 5000, worker, [m]}}
    },
    {dynamic_supervisor, some_module, {one_for_one, 3, 5, 0, undefined, never}, {1, 1, 0, 1}} =
        whitebeam_inside:summary(State, supervisor),
    Tag = make_ref(),
    ok = whitebeam_inside:send_children(self(), Tag, State),
    receive {Tag, dynamic, {undefined, worker, temporary, 5000, false, m}, [Child]} -> ok end.

inside_cuts_ids_that_are_too_large_test() ->
    a = whitebeam_inside:id(a),
    {b, 1} = whitebeam_inside:id({b, 1}),
    '$too_large' = whitebeam_inside:id(lists:seq(1, 1000)),
    m = whitebeam_inside:module([m]),
    undefined = whitebeam_inside:module(dynamic),
    undefined = whitebeam_inside:module([m, n]).

%% ---- whitebeam_sweep ---------------------------------------------------------------------------

sweeps_list_every_process_once_test() ->
    [swept(Workers) || Workers <- [1, 2]].

swept(Workers) ->
    Others = [idle() || _ <- lists:seq(1, 3000)],
    {{ok, Count}, Parts} = run(whitebeam_sweep, sweep, [Workers]),
    Pids = lists:append([Found || {_, Found, _} <- Parts]),
    true = length(Pids) =:= length(lists:usort(Pids)),
    [] = Others -- Pids,
    true = Count >= length(Pids),
    [true = byte_size(Rows) =:= 17 * length(Found) || {_, Found, Rows} <- Parts],
    [true = byte_size(term_to_binary(Part)) =< 65536 || Part <- Parts],
    [exit(Pid, kill) || Pid <- Others].

sweeps_read_the_cheap_keys_test() ->
    Pid = idle(),
    [Pid ! N || N <- lists:seq(1, 7)],
    {{ok, _}, Parts} = run(whitebeam_sweep, sweep, [1]),
    [{Reductions, Queue, Heap, Status}] = lists:append([row(Pid, Found, Rows) || {_, Found, Rows} <- Parts]),
    [{_, Reductions}, {_, Queue}, {_, Heap}, {_, waiting}] =
        process_info(Pid, [reductions, message_queue_len, heap_size, status]),
    7 = Queue,
    0 = Status.

%% Rows stand in the order in which the processes were found; pids were put before each other.
row(Pid, Found, Rows) ->
    All = [{R, Q, H, S} || <<R:64, Q:32, H:32, S>> <= Rows],
    [Row || {P, Row} <- lists:zip(lists:reverse(Found), All), P =:= Pid].

identify_reads_what_stays_test() ->
    {ok, Server} = start_child(x),
    Full = waiting(),
    {ok, {Nanoseconds, Rows, {[], Calls, Leaders, <<>>}}} =
        whitebeam_sweep:identify([[Server, dead()], [dead()], [Full, dead()]]),
    true = is_integer(Nanoseconds),
    {0, 0} = {map_size(Calls), map_size(Leaders)},
    {Leader, Self} = {group_leader(), self()},
    [
        {Server, {proc_lib, init_p, _}, Leader, Self, Memory, {gen_server, loop, _}, {?MODULE, init, 1}, _},
        {Full, {erlang, apply, 2}, Leader, Self, unknown, unknown, unknown, undefined}
    ] = Rows,
    {memory, Memory} = process_info(Server, memory).

identify_packs_those_whose_kind_is_known_test() ->
    {ok, Server} = start_child(x),
    Plain = waiting(),
    Stranger = waiting(),
    true = group_leader(whereis(init), Stranger),
    {ok, {_, [], {Found, Calls, Leaders, Cells}}} =
        whitebeam_sweep:identify([[], [Plain, dead(), Server, Stranger, Plain], []]),
    [Plain, Server, Stranger, Plain] = Found,
    56 = byte_size(Cells),
    [true = lists:sort(maps:values(Map)) =:= lists:seq(0, map_size(Map) - 1) || Map <- [Calls, Leaders]],
    2 = map_size(Leaders), % each is named once
    Rows = [
        {Memory, named(F, Calls), named(I, Calls), named(L, Leaders)}
     || <<Memory:64, F:16, I:16, L:16>> <= Cells
    ],
    Keys = [memory, current_function, initial_call, group_leader],
    Rows = [list_to_tuple([Value || {_, Value} <- process_info(Pid, Keys)]) || Pid <- Found].

named(Index, Map) ->
    [Key] = [Key || {Key, I} <- maps:to_list(Map), I =:= Index],
    Key.

%% As idle/0, and it is in its receive.
waiting() ->
    Pid = idle(),
    eventually(fun() -> process_info(Pid, status) =:= {status, waiting} end),
    Pid.

refresh_reads_what_moves_test() ->
    Plain = waiting(),
    {ok, {Nanoseconds, [{Plain, Memory, {agent_fixture, _, _} = Function}]}} =
        whitebeam_sweep:refresh([[Plain, dead()]]),
    true = is_integer(Nanoseconds),
    {memory, Memory} = process_info(Plain, memory),
    {current_function, Function} = process_info(Plain, current_function).

%% What the daemon does not take for work of the process: 40 reductions, and nothing else changed.
reading_an_idle_process_costs_it_next_to_nothing_test() ->
    {ok, Server} = start_child(x),
    Readings = [
        fun(Pid) -> {ok, {_, [_], _}} = whitebeam_sweep:identify([[Pid], [], []]) end,
        fun(Pid) -> {ok, {_, [], {[_], _, _, _}}} = whitebeam_sweep:identify([[], [Pid], []]) end,
        fun(Pid) -> {ok, {_, [_]}} = whitebeam_sweep:refresh([[Pid]]) end
    ],
    [reading_costs_little(Reading, Pid) || Reading <- Readings, Pid <- [waiting(), Server]].

reading_costs_little(Reading, Pid) ->
    Keys = [reductions, message_queue_len, heap_size],
    [{_, Before} | Others] = process_info(Pid, Keys),
    Reading(Pid),
    eventually(fun() -> process_info(Pid, status) =:= {status, waiting} end),
    [{_, After} | Others] = process_info(Pid, Keys),
    true = After - Before =< 40.

%% A process that is too full is read without a signal: the daemon is not lenient about it.
reading_a_full_process_costs_it_nothing_test() ->
    Full = waiting(),
    [Full ! N || N <- lists:seq(1, 20)],
    eventually(fun() -> process_info(Full, status) =:= {status, waiting} end),
    Before = process_info(Full, reductions),
    {ok, {_, [_], _}} = whitebeam_sweep:identify([[], [], [Full]]),
    Before = process_info(Full, reductions).

no_cheap_key_ticks_test() ->
    [] = whitebeam_sweep:ticks().

%% ---- whitebeam_system --------------------------------------------------------------------------

figures_are_those_of_the_node_test() ->
    {ok, Figures} = whitebeam_system:figures([]),
    #{process_limit := Limit, memory := #{total := Total}, schedulers_online := Online, atoms := Atoms} = Figures,
    Limit = erlang:system_info(process_limit),
    Online = erlang:system_info(schedulers_online),
    true = Total > 1000000,
    true = Atoms =< erlang:system_info(atom_count),
    true = abs(whitebeam_system:uptime_ms() - maps:get(uptime_ms, Figures)) < 1000.

figures_leave_counters_of_others_alone_test() ->
    _ = erlang:statistics(wall_clock),
    receive after 30 -> ok end,
    {ok, _} = whitebeam_system:figures([]),
    {_, Since} = erlang:statistics(wall_clock),
    true = Since >= 30.

applications_have_their_top_supervisors_test() ->
    {ok, Rows} = whitebeam_system:applications([]),
    {kernel, Master, _, _, Top} = lists:keyfind(kernel, 1, Rows),
    Top = whereis(kernel_sup),
    true = is_pid(Master),
    [] = [Name || {Name, _, _} <- application:which_applications(), not lists:keymember(Name, 1, Rows), Name =/= stdlib].

names_are_all_registered_ones_test() ->
    {{ok, done}, Parts} = run(whitebeam_system, names, []),
    ok = same_names(lists:append(Parts)).

same_names(Rows) ->
    [] = [Name || Name <- registered(), is_pid(whereis(Name)), not lists:member({Name, whereis(Name)}, Rows)],
    ok.

behaviours_load_no_module_test() ->
    {ok, [{gen_event, _}, {kernel, Of}, {no_such_module, []}]} =
        whitebeam_system:behaviours([[gen_event, kernel, no_such_module]]),
    true = lists:member(supervisor, Of) orelse lists:member(application, Of),
    [] = whitebeam_system:behaviours_of(no_such_module),
    true = lists:member(gen_server, whitebeam_system:behaviours_of(rpc)),
    false = erlang:module_loaded(calendar_that_is_not_there).

%% ---- whitebeam_events, whitebeam_filter, whitebeam_trim ----------------------------------------

events_tell_who_ended_test() ->
    Self = self(),
    Before = logger:get_primary_config(),
    Guard = spawn(fun() ->
        Events = whitebeam_events:start(Self),
        Self ! {events, Events},
        receive stop -> ok end
    end),
    Events = receive {events, E} -> E end,
    Watched = idle(),
    Events ! {watch, [Watched]},
    eventually(fun() -> process_info(Watched, monitored_by) =:= {monitored_by, [Events]} end),
    exit(Watched, because),
    receive {event, 0, {down, Time, Watched, because}} when is_integer(Time) -> ok end,
    Guard ! stop,
    eventually(fun() -> not is_process_alive(Events) end),
    Before = logger:get_primary_config().

events_know_what_the_release_can_trace_test() ->
    Traces = list_to_integer(erlang:system_info(otp_release)) >= 27,
    Traces = whitebeam_events:traces().

filter_observes_and_lets_pass_test() ->
    Before = logger:get_primary_config(),
    Id = whitebeam_filter:install(self()),
    Report = [{supervisor, {local, s}}, {reason, boom}, {offender, [{pid, self()}, {id, child}]}],
    ignore = whitebeam_filter:observe(
        #{msg => {report, #{label => {supervisor, child_terminated}, report => Report}}}, self()),
    Self = self(),
    receive {report, _, Self, child_terminated, Self, child, boom} -> ok end,
    ignore = whitebeam_filter:observe(#{msg => {string, "x"}}, self()),
    ok = whitebeam_filter:remove(Id),
    Before = logger:get_primary_config(),
    [_ | _] = [whitebeam_filter:install(self()) || _ <- lists:seq(1, 6)],
    ok = whitebeam_filter:remove_all(),
    Before = logger:get_primary_config(),
    ok = whitebeam_filter:remove(none).

trim_bounds_any_term_test() ->
    {a, 1, <<"b">>} = whitebeam_trim:trim({a, 1, <<"b">>}),
    Large = [lists:seq(1, 100000), binary:copy(<<"x">>, 100000), maps:from_list([{N, N} || N <- lists:seq(1, 1000)]),
        lists:foldl(fun(_, T) -> {T} end, deep, lists:seq(1, 100000)), [a | b],
        [lists:seq(1, 1000) || _ <- lists:seq(1, 1000)]],
    [true = erlang:external_size(whitebeam_trim:trim(Term)) < 8192 || Term <- [Large | Large]].

%% ---- whitebeam_reason -------------------------------------------------------------------------

reasons_show_no_arguments_test() ->
    Frame = {'Elixir.Db', connect, [[{password, <<"hunter2">>}]], [{line, 7}]},
    <<":undef in Db.connect/1">> = whitebeam_reason:text({'EXIT', {undef, [Frame]}}),
    <<"{:noproc, {:gen_server, :call, 2}}">> =
        whitebeam_reason:text({noproc, {gen_server, call, [db, {login, <<"hunter2">>}]}}),
    Nested = whitebeam_reason:text({shutdown, {failed_to_start_child, db, {undef, [Frame]}}}),
    <<"{:shutdown, {:failed_to_start_child, :db, {:undef, [{Db, :connect, 1, [line: 7]}]}}}">> = Nested,
    <<"{:bad_return, {:file, :read, 'a path'}}">> = whitebeam_reason:text({bad_return, {file, read, "a path"}}).

reasons_are_bounded_test() ->
    Deep = lists:foldl(fun(_, Term) -> {Term, [Term]} end, x, lists:seq(1, 20)),
    Many = [{m, f, lists:seq(1000, 2000)} || _ <- lists:seq(1, 100000)],
    [true = byte_size(whitebeam_reason:text(Term)) =< 4096 || Term <- [Deep, Many, [a | b], {m, f, [x | y]}]].
