%% Links and monitors of many processes, and processes that stand alone.
%%
%% These keys are signals that each process must handle, so processes are read 500 at a time with
%% pauses between, and those with long queues are left out.
-module(whitebeam_relations).

-export([relations/1, handler/1, in_batches/3, resolved/1]).

-define(BATCH, 500).
-define(PAUSE_MS, 10).
-define(QUEUE, 1000).
-define(MOST, 1000). % links or monitors that are sent of one process
-define(CHUNK, 1200). % pids of a part: less than 64 KB

%% Relations of the processes given. Parts: lists of rows
%%   {Pid, Links, LinksTotal, Ports, Monitors, MonitorsTotal, MonitoredBy, TrapExit}
%%       Links and Monitors: pids of this node, at most 1000 each; LinksTotal and MonitorsTotal count
%%       the others too; Ports counts linked ports; MonitoredBy counts who monitors it
%%   {Pid, skipped}: its queue is too long for a question
%% A process that has gone has no row. Answers {Nanoseconds, Count}, without the pauses. Cost: a signal
%% to each process, 2 to 3 microseconds.
-spec relations([[pid()]]) -> {ok, {integer(), non_neg_integer()}}.
relations([Pids]) ->
    {Nanoseconds, Count, _} = batches(Pids, {0, 0, 0}),
    {ok, {Nanoseconds, Count}}.

batches([], Sum) ->
    Sum;
batches(Pids, {Nanoseconds, Count, Unpaid}) ->
    {Batch, Rest} = batch(Pids),
    Start = erlang:monotonic_time(nanosecond),
    Rows = [Row || Pid <- Batch, Row <- row(Pid)],
    Took = erlang:monotonic_time(nanosecond) - Start,
    Next = {Nanoseconds + Took, Count + length(Rows), send(Rows, [], 0, Unpaid)},
    Rest =:= [] orelse pause(),
    batches(Rest, Next).

batch(Pids) ->
    lists:split(min(?BATCH, length(lists:sublist(Pids, ?BATCH))), Pids).

pause() ->
    receive after ?PAUSE_MS -> ok end.

row(Pid) ->
    case erlang:process_info(Pid, message_queue_len) of
        {message_queue_len, Queue} when Queue > ?QUEUE -> [{Pid, skipped}];
        undefined -> [];
        _ -> signalled(Pid, erlang:process_info(Pid, [links, monitors, monitored_by, trap_exit]))
    end.

signalled(_, undefined) ->
    [];
signalled(Pid, [{_, Links}, {_, Monitors}, {_, By}, {_, Trap}]) ->
    Linked = [One || One <- Links, is_pid(One), node(One) =:= node()],
    Watched = [One || {process, Target} <- Monitors, One <- resolved(Target), node(One) =:= node()],
    Ports = length([1 || One <- Links, is_port(One)]),
    [{
        Pid, lists:sublist(Linked, ?MOST), length(Links), Ports, lists:sublist(Watched, ?MOST),
        length(Monitors), length(By), Trap
    }].

%% The process that is monitored: a monitor may be on a name of this node.
-spec resolved(pid() | {atom(), node()}) -> [pid()].
resolved(Pid) when is_pid(Pid) -> [Pid];
resolved({Name, Node}) when Node =:= node() -> [Pid || Pid <- [whereis(Name)], is_pid(Pid)];
resolved(_) -> [].

send([], [], _, Unpaid) ->
    Unpaid;
send([], Rows, _, Unpaid) ->
    whitebeam_agent:part(lists:reverse(Rows), Unpaid);
send([Row | Rest], Rows, Size, Unpaid) ->
    case Size + size_of(Row) of
        Full when Full > ?CHUNK, Rows =/= [] ->
            send(Rest, [Row], size_of(Row), whitebeam_agent:part(lists:reverse(Rows), Unpaid));
        More ->
            send(Rest, [Row | Rows], More, Unpaid)
    end.

size_of({_, skipped}) -> 1;
size_of({_, Links, _, _, Monitors, _, _, _}) -> 3 + length(Links) + length(Monitors).

%% Runs Step on each pid of those that may be read, 500 at a time, with pauses and until Enough says so.
-spec in_batches(fun((pid()) -> [term()]), [pid()], fun(([term()]) -> boolean())) -> [term()].
in_batches(Step, Pids, Enough) ->
    in_batches(Step, Pids, Enough, []).

in_batches(_, [], _, Found) ->
    lists:reverse(Found);
in_batches(Step, Pids, Enough, Found) ->
    {Batch, Rest} = batch(Pids),
    Now = lists:reverse([One || Pid <- Batch, One <- Step(Pid)], Found),
    case Enough(Now) of
        true ->
            lists:reverse(Now);
        false ->
            Rest =:= [] orelse pause(),
            in_batches(Step, Rest, Enough, Now)
    end.

%% ---- processes that stand alone ---------------------------------------------------------------

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_isolated_processes) -> fun get_isolated_processes/1;
handler(_) -> undefined.

%% Processes without a name that nobody is linked to and nobody monitors: if one dies, nobody notices.
%% `orphan` where its parent has gone too. Processes of the runtime system are left out. Cost: a look
%% at each process, a signal to each that has no name, and one more to each that is listed.
get_isolated_processes(Arguments) ->
    Limit = whitebeam_bounds:limit(limit, Arguments, 100),
    Candidates = whitebeam_bounds:breathe(candidate(whereis(init)), processes()),
    Found = in_batches(fun isolated/1, Candidates, fun(_) -> false end),
    Alone = [One || {_, _, _} = One <- Found],
    Cut = whitebeam_bounds:cut(processes, Alone, Limit),
    {ok, Cut#{
        processes := [alone(One) || One <- maps:get(processes, Cut)],
        skipped => length(Found) - length(Alone),
        candidates => length(Candidates),
        orphans => length([1 || {_, _, true} <- Alone])
    }}.

candidate(Init) ->
    Self = self(),
    fun(Pid) ->
        case erlang:process_info(Pid, [registered_name, group_leader, initial_call]) of
            _ when Pid =:= Self; Pid =:= Init -> [];
            [{_, []}, {_, Leader}, {_, {Module, _, _}}] when Leader =/= Init -> [Pid || not is_own(Module)];
            _ -> []
        end
    end.

is_own(Module) ->
    lists:prefix("whitebeam_", atom_to_list(Module)).

isolated(Pid) ->
    case row(Pid) of
        [{_, skipped} = Row] -> [Row];
        [{_, _, 0, _, _, _, 0, Trap}] -> [{Pid, Trap, is_orphan(Pid)}];
        _ -> []
    end.

is_orphan(Pid) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =:= node() -> not is_process_alive(Parent);
        _ -> true
    end.

alone({Pid, Trap, Orphan}) ->
    Keys = [parent, initial_call, message_queue_len, memory, status, reductions],
    case erlang:process_info(Pid, Keys) of
        undefined ->
            #{pid => Pid, orphan => Orphan, alive => false};
        [{_, Parent}, {_, {M, F, A}} | Values] ->
            maps:merge(maps:from_list(Values), #{
                pid => Pid,
                alive => true,
                trap_exit => Trap,
                initial_call => {'$mfa', M, F, A},
                parent => parent(Parent),
                orphan => Orphan
            })
    end.

parent(Pid) when is_pid(Pid) -> Pid;
parent(_) -> undefined.
