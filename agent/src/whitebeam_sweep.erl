%% Reading all processes, in two tiers.
%%
%% sweep/1 reads keys that the runtime answers without disturbing the process that is looked at:
%% about 0.1 to 0.4 microseconds a process. identify/1 and refresh/1 read keys for which the
%% runtime sends the process a signal: 1.5 to 3 microseconds, and a reduction that the process
%% spends itself. The daemon asks for those only where the first tier showed a change.
-module(whitebeam_sweep).

-export([sweep/1, identify/1, refresh/1, ticks/0]).

-define(CHEAP, [reductions, message_queue_len, heap_size, status]).
-define(MEMORY_FOR_DICTIONARY, 1048576).
-define(BREATH, 128).

%% All processes: parts {Nanoseconds, Pids, Rows}, where Rows has 17 bytes for each pid:
%% reductions:64, message_queue_len:32, heap_size:32 (words), status:8. With two readers, two
%% schedulers work at it. Answers the number of processes that were listed. Needs 32 bytes a process
%% of memory while it runs (OTP 28 with one reader: none).
-spec sweep([1 | 2]) -> {ok, non_neg_integer()}.
sweep([Readers]) ->
    case erlang:function_exported(erlang, processes_iterator, 0) of
        true when Readers =:= 1 ->
            {ok, iterate(apply(erlang, processes_iterator, []), 0, 0)};
        _ ->
            sweep_list(Readers)
    end.

%% This process only holds the list and hands out slices, on a heap with room for both: were it to
%% read the rows as well, each collection of that garbage would copy the list.
sweep_list(Count) ->
    _ = process_flag(min_heap_size, 4 * erlang:system_info(process_count) + 20000),
    true = erlang:garbage_collect(),
    {Daemon, Id} = get(whitebeam),
    Holder = self(),
    Pids = erlang:processes(), % before the readers are there, who end with the sweep
    Readers = [
        spawn_opt(fun() -> read({Daemon, Id, Holder}, 0) end, [link, {priority, low}])
     || _ <- lists:seq(1, Count)
    ],
    Listed = hand_out(Pids, chunk_size(), 0),
    [Reader ! done || Reader <- Readers],
    [receive {Reader, over} -> ok end || Reader <- Readers],
    {ok, Listed}.

hand_out([], _, Listed) ->
    Listed;
hand_out(Pids, Size, Listed) ->
    {Slice, Rest, Count} = slice(Pids, Size, [], 0),
    receive
        {Reader, ready} -> Reader ! {slice, Slice}
    end,
    hand_out(Rest, Size, Listed + Count).

slice(Rest, Size, Slice, Size) -> {Slice, Rest, Size};
slice([], _, Slice, Count) -> {Slice, [], Count};
slice([Pid | Rest], Size, Slice, Count) -> slice(Rest, Size, [Pid | Slice], Count + 1).

%% A reader: asks for a slice, reads it, sends the part.
read({Daemon, Id, Holder} = Context, Unpaid) ->
    Holder ! {self(), ready},
    receive
        {slice, Pids} ->
            Start = erlang:monotonic_time(nanosecond),
            {Found, Rows} = rows(Holder, Pids, [], <<>>, ?BREATH),
            Nanoseconds = erlang:monotonic_time(nanosecond) - Start,
            read(Context, whitebeam_agent:chunk(Daemon, Id, {Nanoseconds, Found, Rows}, Unpaid));
        done ->
            Holder ! {self(), over}
    end.

%% Processes of a message of at most 64 KB: each has its row and its pid, which names the node.
chunk_size() ->
    65000 div (34 + byte_size(atom_to_binary(node(), utf8))).

%% Gives way after each ?BREATH processes, some 50 microseconds: a whole time slice would make others
%% late by a third of a millisecond. The holder, who ends with the sweep, is left out.
rows(_, [], Found, Rows, _) ->
    {Found, Rows};
rows(Holder, Pids, Found, Rows, 0) ->
    erlang:yield(),
    rows(Holder, Pids, Found, Rows, ?BREATH);
rows(Holder, [Holder | Pids], Found, Rows, Left) ->
    rows(Holder, Pids, Found, Rows, Left);
rows(Holder, [Pid | Pids], Found, Rows, Left) ->
    case erlang:process_info(Pid, ?CHEAP) of
        [{_, Reductions}, {_, Queue}, {_, Heap}, {_, Status}] ->
            Row = <<Rows/binary, Reductions:64, Queue:32, Heap:32, (status(Status))>>,
            rows(Holder, Pids, [Pid | Found], Row, Left - 1);
        undefined ->
            rows(Holder, Pids, Found, Rows, Left - 1)
    end.

%% OTP 28 lists processes step by step, without a list of all of them in memory.
iterate(Iterator, Count, Unpaid) ->
    Start = erlang:monotonic_time(nanosecond),
    {Next, Found, Rows, Left} = step(Iterator, chunk_size(), [], <<>>),
    Size = chunk_size() - Left,
    Nanoseconds = erlang:monotonic_time(nanosecond) - Start,
    Now = whitebeam_agent:part({Nanoseconds, Found, Rows}, Unpaid),
    case Next of
        none -> Count + Size;
        _ -> iterate(Next, Count + Size, Now)
    end.

step(Iterator, 0, Found, Rows) ->
    {Iterator, Found, Rows, 0};
step(Iterator, Left, Found, Rows) ->
    case apply(erlang, processes_next, [Iterator]) of
        {Pid, Next} ->
            {MoreFound, MoreRows} = rows(self(), [Pid], Found, Rows, ?BREATH),
            step(Next, Left - 1, MoreFound, MoreRows);
        none ->
            {none, Found, Rows, Left}
    end.

status(waiting) -> 0;
status(running) -> 1;
status(runnable) -> 2;
status(suspended) -> 3;
status(garbage_collecting) -> 4;
status(exiting) -> 5;
status(_) -> 6.

%% What stays the same as long as a process lives, and its memory and current function. Args are the
%% pids whose dictionary is needed to know their kind, those whose kind is known, and those that are
%% too full for a signal. A process costs one signal, two with the dictionary (one from OTP 26.2 on).
%% Answers {Nanoseconds, Rows, {Pids, Calls, Leaders, Cells}}: Rows are
%% {Pid, Initial, Leader, Parent, Memory, Function, Kind, Label}; of those whose kind is known, Cells
%% has 14 bytes each: memory:64 and three indexes of 16 bits, of the current function and the initial
%% call in Calls (#{MFA => Index}) and of the group leader in Leaders.
-spec identify([[pid()]]) -> {ok, {integer(), [tuple()], tuple()}}.
identify([WithKind, WithoutKind, Full]) ->
    Start = erlang:monotonic_time(nanosecond),
    Extra = extra_keys(),
    Rows =
        [Row || Pid <- WithKind, Row <- identity(Pid, Extra)] ++
            [Row || Pid <- Full, Row <- identity_of_full(Pid)],
    Bulk = bulk(WithoutKind, [], <<>>, #{}, #{}),
    {ok, {erlang:monotonic_time(nanosecond) - Start, Rows, Bulk}}.

bulk([], Found, Cells, Calls, Leaders) ->
    {lists:reverse(Found), Calls, Leaders, Cells};
bulk([Pid | Pids], Found, Cells, Calls, Leaders) ->
    case erlang:process_info(Pid, [initial_call, group_leader, memory, current_function]) of
        [{_, Initial}, {_, Leader}, {_, Memory}, {_, Function}] ->
            {F, Calls1} = index(Function, Calls),
            {I, Calls2} = index(Initial, Calls1),
            {L, Leaders1} = index(Leader, Leaders),
            Cell = <<Cells/binary, Memory:64, F:16, I:16, L:16>>,
            bulk(Pids, [Pid | Found], Cell, Calls2, Leaders1);
        undefined ->
            bulk(Pids, Found, Cells, Calls, Leaders)
    end.

index(Key, Map) ->
    case Map of
        #{Key := Index} -> {Index, Map};
        _ -> {map_size(Map), Map#{Key => map_size(Map)}}
    end.

extra_keys() ->
    [Key || Key <- [{dictionary, '$initial_call'}, label], known(Key)].

known(Key) ->
    try erlang:process_info(self(), Key) of
        _ -> true
    catch
        error:badarg -> false
    end.

identity(Pid, Extra) ->
    Keys = [initial_call, group_leader, parent, memory, current_function | Extra],
    case erlang:process_info(Pid, Keys) of
        [{_, Initial}, {_, Leader}, {_, Parent}, {_, Memory}, {_, Function} | More] ->
            Kind = kind(Pid, Initial, Memory, More),
            Label = proplists:get_value(label, More, undefined),
            [{Pid, Initial, Leader, Parent, Memory, Function, Kind, short(Label)}];
        undefined ->
            []
    end.

%% '$initial_call' of the dictionary; `none` where there is none, `unknown` where it was not read.
%% Only proc_lib notes it: dictionaries of other processes are not read as a whole.
kind(_, _, _, [{{dictionary, _}, Value} | _]) -> kind_value(Value);
kind(Pid, Initial, Memory, _) ->
    kind_of_dictionary(Pid, whitebeam_process:notes_call(Pid, Initial), Memory =< ?MEMORY_FOR_DICTIONARY).

kind_of_dictionary(_, false, _) -> none;
kind_of_dictionary(_, true, false) -> unknown;
kind_of_dictionary(Pid, true, true) ->
    case erlang:process_info(Pid, dictionary) of
        {dictionary, Dictionary} ->
            kind_value(proplists:get_value('$initial_call', Dictionary, undefined));
        undefined ->
            none
    end.

kind_value({M, F, A}) when is_atom(M), is_atom(F), is_integer(A) -> {M, F, A};
kind_value(_) -> none.

%% A label can be any term; a large one is not sent.
short(undefined) -> undefined;
short(Label) when is_atom(Label) -> Label;
short(Label) when is_binary(Label), byte_size(Label) > 200 -> binary:copy(binary:part(Label, 0, 200));
short(Label) ->
    case erts_debug:flat_size(Label) > 60 of
        true -> undefined;
        false -> Label
    end.

identity_of_full(Pid) ->
    case erlang:process_info(Pid, [initial_call, group_leader, parent]) of
        [{_, Initial}, {_, Leader}, {_, Parent}] ->
            [{Pid, Initial, Leader, Parent, unknown, unknown, unknown, undefined}];
        undefined ->
            []
    end.

%% Memory and current function of processes that moved. One signal each.
-spec refresh([[pid()]]) -> {ok, {integer(), [tuple()]}}.
refresh([Pids]) ->
    Start = erlang:monotonic_time(nanosecond),
    Rows = [Row || Pid <- Pids, Row <- refreshed(Pid)],
    {ok, {erlang:monotonic_time(nanosecond) - Start, Rows}}.

refreshed(Pid) ->
    case erlang:process_info(Pid, [memory, current_function]) of
        [{_, Memory}, {_, Function}] -> [{Pid, Memory, Function}];
        undefined -> []
    end.

%% Which of the cheap keys change by being read: measured on a process that only waits. Empty on
%% every release known.
-spec ticks() -> [atom()].
ticks() ->
    Idle = spawn(fun() -> receive stop -> ok end end),
    First = settled(Idle),
    [erlang:process_info(Idle, ?CHEAP) || _ <- lists:seq(1, 10)],
    Second = erlang:process_info(Idle, ?CHEAP),
    Idle ! stop,
    [Key || {Key, Value} <- Second, {Key, Value} =/= lists:keyfind(Key, 1, First)].

%% The cheap keys of a new process once it waits.
settled(Pid) ->
    case erlang:process_info(Pid, ?CHEAP) of
        [_, _, _, {status, waiting}] = Values ->
            erlang:yield(),
            case erlang:process_info(Pid, ?CHEAP) of
                Values -> Values;
                _ -> settled(Pid)
            end;
        _ ->
            erlang:yield(),
            settled(Pid)
    end.
