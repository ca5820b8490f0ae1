%% The events process: sees processes end and start as it happens, and tells the daemon.
%%
%% Sources: monitors on the processes that the daemon names (OTP 25 and 26, and supervisors on all),
%% a trace session on supervisors (OTP 27 and later: what they receive as EXIT or DOWN and what they
%% spawn), and supervisor reports through whitebeam_filter. The daemon merges them.
%%
%% Messages from the daemon: {watch, [Pid]} (processes), {supervise, [Pid]} (supervisors),
%% {credit, Count}. To it: {event, Sequence, Event}, where Event is
%%   {down, Time, Pid, Reason}           Time in microseconds of the node's calendar; Reason may be
%%                                       '$unknown'
%%   {spawned, Time, Supervisor, Pid}
%%   {report, Time, Supervisor, Kind, Pid | undefined, ChildId, Reason}
%%   {dropped, Count}                    events that were not sent: the daemon was too slow
-module(whitebeam_events).

-export([start/1, traces/0]).

-define(WINDOW, 1000).
%% Messages waiting here at which tracing ends for good, and how often that is looked at.
-define(OVERLOAD, 5000).
-define(LOOK_EVERY, 100).

-record(events, {
    daemon :: pid(),
    guard :: pid(),
    filter = none :: atom(),
    session = none :: term(),
    sequence = 0 :: non_neg_integer(),
    unpaid = 0 :: non_neg_integer(),
    dropped = 0 :: non_neg_integer(),
    looked = 0 :: non_neg_integer()
}).

%% Starts the events process of a guard, which is the caller. Cost: a process, a logger filter and,
%% from OTP 27 on, a trace session.
-spec start(pid()) -> pid().
start(Daemon) ->
    Guard = self(),
    spawn_opt(fun() -> init(Daemon, Guard) end, [
        link,
        {message_queue_data, off_heap},
        {max_heap_size, #{size => 16 bsl 20, kill => true, error_logger => false}}
    ]).

%% Whether supervisors can be traced in a session of our own, without taking the tracer from anybody.
-spec traces() -> boolean().
traces() ->
    {Release, _} = string:to_integer(erlang:system_info(otp_release)),
    Release >= 27.

init(Daemon, Guard) ->
    process_flag(trap_exit, true),
    Filter = whitebeam_filter:install(self()),
    loop(#events{daemon = Daemon, guard = Guard, filter = Filter, session = session()}).

session() ->
    case traces() of
        true ->
            Session = apply(trace, session_create, [whitebeam_session, self(), []]),
            %% A child that its supervisor ends on purpose may be unlinked and monitored then.
            Ends = [
                {['_', '_', {'EXIT', '_', '_'}], [], []},
                {['_', '_', {'DOWN', '_', process, '_', '_'}], [], []}
            ],
            _ = apply(trace, recv, [Session, Ends, []]),
            Session;
        false ->
            none
    end.

loop(#events{guard = Guard} = State) ->
    receive
        {'EXIT', Guard, _} ->
            whitebeam_filter:remove(State#events.filter),
            end_session(State#events.session);
        Message ->
            loop(look(handle(Message, State)))
    end.

%% A queue that does not count for the heap's limit has to be watched by itself: under overload the
%% traces end and stay off, and monitors and reports go on.
look(#events{looked = Looked} = State) when Looked < ?LOOK_EVERY ->
    State#events{looked = Looked + 1};
look(#events{session = Session} = State) ->
    case process_info(self(), message_queue_len) of
        {message_queue_len, Length} when Length > ?OVERLOAD, Session =/= none ->
            end_session(Session),
            State#events{looked = 0, session = none};
        _ ->
            State#events{looked = 0}
    end.

end_session(none) -> ok;
end_session(Session) -> apply(trace, session_destroy, [Session]).

handle(Event, #events{unpaid = Unpaid} = State) when
    Unpaid >= ?WINDOW, element(1, Event) =/= credit, element(1, Event) =/= sync,
    element(1, Event) =/= watch, element(1, Event) =/= supervise
->
    drop(Event, State);
handle({'DOWN', _, process, Pid, noproc}, State) ->
    %% It had ended before it could be monitored: that is all that this says.
    send({down, now_us(), Pid, '$unknown'}, State);
handle({'DOWN', _, process, Pid, Reason}, State) ->
    send({down, now_us(), Pid, whitebeam_trim:trim(Reason)}, State);
handle({trace_ts, _, 'receive', {'EXIT', Pid, Reason}, Time}, State) when is_pid(Pid) ->
    send({down, us(Time), Pid, whitebeam_trim:trim(Reason)}, State);
handle({trace_ts, _, 'receive', {'DOWN', _, process, Pid, Reason}, Time}, State) when is_pid(Pid) ->
    send({down, us(Time), Pid, whitebeam_trim:trim(Reason)}, State);
handle({trace_ts, Supervisor, spawn, Pid, _, Time}, State) ->
    send({spawned, us(Time), Supervisor, Pid}, State);
handle({report, _, _, _, _, _, _} = Report, State) ->
    send(Report, State);
handle({watch, Pids}, State) ->
    [monitor(process, Pid) || Pid <- Pids],
    State;
handle({supervise, Pids}, #events{session = Session} = State) ->
    [supervise(Pid, Session) || Pid <- Pids],
    State;
handle({sync, From, Tag}, State) ->
    From ! {Tag, synced},
    State;
handle({credit, Count}, #events{unpaid = Unpaid} = State) ->
    caught_up(State#events{unpaid = max(0, Unpaid - Count)});
handle(_, State) ->
    State.

supervise(Pid, none) ->
    monitor(process, Pid);
supervise(Pid, Session) ->
    monitor(process, Pid),
    try
        apply(trace, process, [Session, Pid, true, ['receive', procs, timestamp]])
    catch
        error:badarg -> ok
    end.

now_us() ->
    erlang:system_time(microsecond).

us({Mega, Seconds, Micro}) ->
    (Mega * 1000000 + Seconds) * 1000000 + Micro.

%% The sequence number counts events that were dropped, so that a gap shows.
send(Event, #events{unpaid = Unpaid} = State) when Unpaid >= ?WINDOW ->
    drop(Event, State);
send(Event, #events{daemon = Daemon, sequence = Sequence, unpaid = Unpaid} = State) ->
    case erlang:send(Daemon, {event, Sequence, Event}, [nosuspend, noconnect]) of
        ok -> State#events{sequence = Sequence + 1, unpaid = Unpaid + 1};
        _ -> drop(Event, State)
    end.

drop(_, #events{sequence = Sequence, dropped = Dropped} = State) ->
    State#events{sequence = Sequence + 1, dropped = Dropped + 1}.

caught_up(#events{dropped = 0} = State) -> State;
caught_up(#events{dropped = Dropped} = State) -> send({dropped, Dropped}, State#events{dropped = 0}).
