%% The agent: what Whitebeam puts into a node while it is attached, and its guard process.
%%
%% start/2 is called once for each attached daemon. It starts a guard, which runs requests in
%% processes of their own, answers heartbeats, and leaves by itself: when the connection to the
%% daemon ends, when no heartbeat came for 5 s (the daemon hangs or is stopped), or when it is told
%% to. Nothing here is linked to, registered over, or called from the node's own code. Nothing is
%% printed.
%%
%% Messages from the daemon                       Answers
%%   {heartbeat, N}                                 {heartbeat, N, {Processes, RunQueue, Workers}}
%%   {request, Id, DeadlineMs, Function, Args}      {part, Id, Term}*, then {reply, Id, ok, Term}
%%                                                  or {reply, Id, error, {Code, Text, Details}}
%%   {cancel, Id}                                   none
%%   detach                                         detached
-module(whitebeam_agent).

-export([start/2, part/2, chunk/4, sync/0]).

-define(SILENCE_MS, 5000).
-define(WORKERS, 64).
%% Parts of an answer that may be on the way; the daemon pays for four at a time.
-define(WINDOW, 8).
-define(ANSWER, 12582912). % bytes of one message
-define(PROTOCOL, 1).

-record(guard, {
    daemon :: pid(),
    monitor :: reference(),
    events :: pid(),
    leases :: pid(),
    heard :: integer(),
    workers = #{} :: #{pid() => {integer(), reference()}}
}).

%% Starts a guard for the daemon. Modules are all modules of the agent, for their removal.
%% Cost: two processes, one of them only for the first daemon.
-spec start(pid(), [module()]) -> {ok, pid(), map()}.
start(Daemon, Modules) ->
    Caller = self(),
    Tag = make_ref(),
    Guard = spawn_opt(fun() -> init(Caller, Tag, Daemon) end, [
        {priority, high},
        {message_queue_data, off_heap},
        heap(1 bsl 20)
    ]),
    ok = whitebeam_keeper:join(Guard, Modules),
    Monitor = monitor(process, Guard),
    Guard ! {Tag, go},
    receive
        {Tag, Events} ->
            demonitor(Monitor, [flush]),
            {ok, Guard, (hello())#{events => Events}};
        {'DOWN', Monitor, process, _, Reason} ->
            exit(Reason)
    end.

%% What the daemon needs to know about the node. Cost: a few microseconds.
hello() ->
    {Major, _} = string:to_integer(erlang:system_info(otp_release)),
    #{
        protocol => ?PROTOCOL,
        otp => Major,
        erts => list_to_binary(erlang:system_info(version)),
        elixir => elixir_version(),
        word => erlang:system_info(wordsize),
        schedulers => erlang:system_info(schedulers_online),
        os_pid => list_to_binary(os:getpid()),
        started_ms => erlang:system_time(millisecond) - whitebeam_system:uptime_ms(),
        traces => whitebeam_events:traces(),
        label => has_key(label),
        initial_call => has_key({dictionary, '$initial_call'}),
        iterator => erlang:function_exported(erlang, processes_iterator, 0),
        ticks => whitebeam_sweep:ticks()
    }.

elixir_version() ->
    case application:get_key(elixir, vsn) of
        {ok, Version} -> list_to_binary(Version);
        undefined -> undefined
    end.

has_key(Key) ->
    try erlang:process_info(self(), Key) of
        _ -> true
    catch
        error:badarg -> false
    end.

heap(Words) ->
    {max_heap_size, #{size => Words, kill => true, error_logger => false}}.

%% ---- the guard --------------------------------------------------------------------------------

init(Caller, Tag, Daemon) ->
    Wait = monitor(process, Caller),
    process_flag(trap_exit, true),
    receive
        {Tag, go} ->
            demonitor(Wait, [flush]),
            Monitor = monitor(process, Daemon),
            Events = whitebeam_events:start(Daemon),
            Leases = whitebeam_leases:start(),
            Caller ! {Tag, Events},
            loop(#guard{daemon = Daemon, monitor = Monitor, events = Events, leases = Leases, heard = now_ms()});
        {'DOWN', Wait, process, _, _} ->
            ok
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).

loop(#guard{heard = Heard} = Guard) ->
    receive
        Message -> handle(Message, Guard)
    after max(0, Heard + ?SILENCE_MS - now_ms()) ->
        %% Frees whoever hangs on the full connection, and tells the daemon if it wakes up.
        Left = leave(Guard),
        _ = erlang:disconnect_node(node(Left#guard.daemon)),
        ok
    end.

handle({heartbeat, N}, #guard{daemon = Daemon, workers = Workers} = Guard) ->
    Figures = {erlang:system_info(process_count), erlang:statistics(run_queue), map_size(Workers)},
    _ = erlang:send(Daemon, {heartbeat, N, Figures}, [nosuspend, noconnect]),
    loop(Guard#guard{heard = now_ms()});
handle({request, Id, Deadline, Function, Args}, Guard) ->
    loop(request(Id, Deadline, Function, Args, Guard));
handle({cancel, Id}, Guard) ->
    loop(stop_worker(Id, Guard));
handle({'EXIT', Events, _}, #guard{events = Events} = Guard) ->
    leave(Guard); % without its events the agent is of no use; the daemon will come again
handle({'EXIT', Leases, _}, #guard{leases = Leases} = Guard) ->
    leave(Guard); % so are they
handle({'EXIT', Pid, Reason}, Guard) ->
    loop(worker_ended(Pid, Reason, Guard));
handle({timeout, Timer, {deadline, Id}}, #guard{workers = Workers} = Guard) ->
    case [Pid || {Pid, {I, T}} <- maps:to_list(Workers), I =:= Id, T =:= Timer] of
        [Pid] ->
            exit(Pid, kill),
            fail(Guard, Id, {deadline, <<"the node did not finish in time">>, []}),
            loop(Guard#guard{workers = maps:remove(Pid, Workers)});
        [] ->
            loop(Guard)
    end;
handle({'DOWN', Monitor, process, _, _}, #guard{monitor = Monitor} = Guard) ->
    leave(Guard);
handle(detach, Guard) ->
    Left = leave(Guard),
    _ = erlang:send(Left#guard.daemon, detached, [nosuspend, noconnect]),
    ok;
handle(_, Guard) ->
    loop(Guard).

%% Ends everything that runs for the daemon; the events process takes its filter and its traces with
%% it when it sees us end. The keeper does the rest.
leave(#guard{leases = Leases, workers = Workers} = Guard) ->
    ok = whitebeam_leases:stop(Leases),
    Pids = maps:keys(Workers),
    [exit(Pid, kill) || Pid <- Pids],
    [receive {'EXIT', Pid, _} -> ok after 1000 -> ok end || Pid <- Pids],
    Guard#guard{workers = #{}}.

request(Id, _, _, _, #guard{workers = Workers} = Guard) when map_size(Workers) >= ?WORKERS ->
    fail(Guard, Id, {full, <<"too many requests run on the node already; try again in a moment">>, []}),
    Guard;
request(Id, Deadline, Function, Args, #guard{daemon = Daemon, workers = Workers} = Guard) ->
    #guard{events = Events, leases = Leases} = Guard,
    {Answer, Priority, Words} = function(Function),
    Pid = spawn_opt(fun() -> work({Daemon, Id}, {Events, Leases}, Answer, Args) end, [
        link,
        {priority, Priority},
        heap(Words)
    ]),
    Timer = erlang:start_timer(Deadline, self(), {deadline, Id}),
    Guard#guard{workers = Workers#{Pid => {Id, Timer}}}.

%% Who answers, at which priority, and with how much memory at most (in words).
function(sweep) ->
    {fun whitebeam_sweep:sweep/1, low, (4 bsl 20) + 8 * erlang:system_info(process_count)};
function(identify) -> {fun whitebeam_sweep:identify/1, low, 4 bsl 20};
function(refresh) -> {fun whitebeam_sweep:refresh/1, low, 4 bsl 20};
function(relations) -> {fun whitebeam_relations:relations/1, low, 4 bsl 20};
function(names) -> {fun whitebeam_system:names/1, low, 16 bsl 20};
function(applications) -> {fun whitebeam_system:applications/1, normal, 4 bsl 20};
function(behaviours) -> {fun whitebeam_system:behaviours/1, normal, 4 bsl 20};
function(figures) -> {fun whitebeam_system:figures/1, normal, 4 bsl 20};
function(supervisors) -> {fun whitebeam_supervisor:supervisors/1, normal, 16 bsl 20};
function(details) -> {fun whitebeam_process:details/1, normal, 16 bsl 20};
function(exit_signal) -> {fun whitebeam_process:exit_signal/1, normal, 4 bsl 20};
function(whereis_name) -> {fun whitebeam_process:whereis_name/1, normal, 4 bsl 20};
function(find_pid) -> {fun whitebeam_process:find_pid/1, normal, 4 bsl 20};
function(load_part) -> {fun whitebeam_parts:load/1, normal, 4 bsl 20};
function(operate) -> {fun whitebeam_operate:operate/1, normal, 16 bsl 20};
function(state) -> {fun whitebeam_state:state/1, normal, 16 bsl 20};
function(_) -> {fun unknown/1, normal, 1 bsl 20}.

unknown(_) ->
    {error, {unknown, <<"the agent has no such function">>, []}}.

work({Daemon, Id} = Context, {Events, Leases}, Function, Args) ->
    put(whitebeam, Context),
    put(whitebeam_events, Events),
    put(whitebeam_leases, Leases),
    Answer =
        try Function(Args) of
            {ok, Term} -> sized(Id, Term);
            {error, Error} -> {reply, Id, error, Error}
        catch
            Class:Reason ->
                Text = io_lib:format("~0P", [{Class, Reason}, 12]),
                {reply, Id, error, {crash, unicode:characters_to_binary(Text), []}}
        end,
    transmit(Daemon, Answer).

%% One message must not hold up the connection, nor be more than the daemon takes.
sized(Id, Term) ->
    case erlang:external_size(Term) of
        Size when Size > ?ANSWER ->
            {reply, Id, error, {memory, <<"the answer is too large to be sent">>, [Size, ?ANSWER]}};
        _ ->
            {reply, Id, ok, Term}
    end.

%% Sends without ever being suspended by a full connection: tries again until there is room. The
%% deadline ends a worker that waits here for too long.
transmit(Daemon, Message) ->
    case erlang:send(Daemon, Message, [nosuspend, noconnect]) of
        nosuspend ->
            receive after 5 -> transmit(Daemon, Message) end;
        _ ->
            ok
    end.

%% Sends one of several parts of an answer. At most ?WINDOW parts wait for the daemon's
%% {credit, Count}.
-spec part(term(), non_neg_integer()) -> non_neg_integer().
part(Term, Unpaid) ->
    {Daemon, Id} = get(whitebeam),
    chunk(Daemon, Id, Term, Unpaid).

%% Waits, 50 ms at most, until what the events process has received was sent to the daemon: then a
%% reading of a supervisor does not overtake the end of a child that it shows.
-spec sync() -> ok.
sync() ->
    case get(whitebeam_events) of
        undefined ->
            ok;
        Events ->
            Tag = make_ref(),
            Events ! {sync, self(), Tag},
            receive {Tag, synced} -> ok after 50 -> ok end
    end.

%% The same for a process that helps a worker.
-spec chunk(pid(), integer(), term(), non_neg_integer()) -> non_neg_integer().
chunk(Daemon, Id, Term, Unpaid) when Unpaid < ?WINDOW ->
    transmit(Daemon, {part, Id, self(), Term}),
    Unpaid + 1;
chunk(Daemon, Id, Term, Unpaid) ->
    receive
        {credit, Count} -> chunk(Daemon, Id, Term, max(0, Unpaid - Count))
    end.

worker_ended(Pid, Reason, #guard{workers = Workers} = Guard) ->
    case maps:take(Pid, Workers) of
        {{Id, Timer}, Rest} ->
            _ = erlang:cancel_timer(Timer),
            case Reason of
                normal -> ok;
                killed -> fail(Guard, Id, {memory, <<"the answer needs too much memory on the node">>, []});
                _ -> fail(Guard, Id, {crash, <<"the request ended without an answer">>, []})
            end,
            Guard#guard{workers = Rest};
        error ->
            Guard
    end.

stop_worker(Id, #guard{workers = Workers} = Guard) ->
    case [{Pid, Timer} || {Pid, {I, Timer}} <- maps:to_list(Workers), I =:= Id] of
        [{Pid, Timer}] ->
            _ = erlang:cancel_timer(Timer),
            exit(Pid, kill),
            Guard#guard{workers = maps:remove(Pid, Workers)};
        [] ->
            Guard
    end.

fail(#guard{daemon = Daemon}, Id, Error) ->
    _ = erlang:send(Daemon, {reply, Id, error, Error}, [nosuspend, noconnect]),
    ok.
