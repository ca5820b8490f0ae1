%% Taking messages out of a mailbox, and changing their order. Only the process itself can do that, so a
%% function that runs inside it does, between two messages; a process of no known behaviour cannot be
%% asked to. A process that runs has handled what waited before the question when it reads it; one that
%% sys:suspend/1 stopped has not, so that is how to catch a mailbox as it is.
%%
%% System messages are never touched. Callers whose calls are removed are answered {error, drained}.
-module(whitebeam_mailbox_change).

-export([handler/1]).

-define(TIMEOUT_MS, 2000).
-define(LIMIT, 1000).
-define(MEMORY, 268435456). % bytes of the process
-define(BYTES, 1048576).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(flush_message_queue) -> fun flush_message_queue/1;
handler(drain_message_queue) -> fun drain_message_queue/1;
handler(filter_message_queue) -> fun filter_message_queue/1;
handler(prioritize_message_queue) -> fun prioritize_message_queue/1;
handler(compact_mailbox) -> fun compact_mailbox/1;
handler(_) -> undefined.

%% ---- the operations ---------------------------------------------------------------------------

%% All but system messages and, unless keep_signals is false, exit signals and ends of monitored processes.
flush_message_queue(Arguments) ->
    {Pid, Queue} = subject(Arguments),
    Keep = maps:get(keep_signals, Arguments, true),
    Base = #{pid => Pid, length_before => length_of(Pid)},
    case Arguments of
        #{dry_run := true} ->
            Removed = length([M || M <- whitebeam_mailbox:messages(Pid), not is_kept(Keep, M)]),
            {ok, Base#{removed => Removed, dry_run => true}};
        _ ->
            {Removed, Answered} = inside(Pid, Queue, Arguments, fun(_) -> {answer, flush(Keep, 0, 0)} end),
            {ok, Base#{removed => Removed, answered => Answered, length => length_of(Pid)}}
    end.

%% Like flush, but the messages are the answer, up to `limit`, the oldest first; the others stay.
drain_message_queue(Arguments) ->
    {Pid, Queue} = subject(Arguments),
    Limit = maps:get(limit, Arguments, ?LIMIT),
    Keep = maps:get(keep_signals, Arguments, true),
    Base = #{pid => Pid, length_before => length_of(Pid)},
    case Arguments of
        #{dry_run := true} ->
            All = [M || M <- whitebeam_mailbox:messages(Pid), not is_kept(Keep, M)],
            {ok, maps:merge(Base#{dry_run => true}, removed(lists:sublist(All, Limit), Arguments))};
        _ ->
            {Taken, Answered} = inside(Pid, Queue, Arguments, fun(_) -> {answer, drain(Keep, Limit, [], 0)} end),
            Answer = Base#{answered => Answered, length => length_of(Pid)},
            {ok, maps:merge(Answer, removed(Taken, Arguments))}
    end.

%% Removes what fits the description, see whitebeam_match.
filter_message_queue(Arguments) ->
    {Pid, Queue} = subject(Arguments),
    Test = whitebeam_match:test(Arguments),
    Base = #{pid => Pid, length_before => length_of(Pid)},
    case Arguments of
        #{dry_run := true} ->
            Fits = [M || M <- whitebeam_mailbox:messages(Pid), not is_system(M), Test(M)],
            {ok, Base#{removed => length(Fits), dry_run => true}};
        _ ->
            {Removed, Answered, Kept} = inside(Pid, Queue, Arguments, fun(_) -> {answer, filter(Test)} end),
            {ok, Base#{removed => Removed, answered => Answered, kept => Kept, length => length_of(Pid)}}
    end.

%% What fits the description comes first, in its old order, then the rest.
prioritize_message_queue(Arguments) ->
    {Pid, Queue} = subject(Arguments),
    Test = whitebeam_match:test(Arguments),
    Base = #{pid => Pid, length_before => length_of(Pid)},
    case Arguments of
        #{dry_run := true} ->
            Fits = [M || M <- whitebeam_mailbox:messages(Pid), not is_system(M), Test(M)],
            {ok, Base#{moved => length(Fits), dry_run => true}};
        #{confirm := true} ->
            {Moved, Total} = inside(Pid, Queue, Arguments, fun(_) -> {answer, reorder(Test)} end),
            {ok, Base#{moved => Moved, reordered => Total, length => length_of(Pid)}};
        _ ->
            Text = <<"the order of the senders would be lost, and what arrives meanwhile comes first: confirm it">>,
            whitebeam_arguments:fail(refused, Text, #{field => <<"confirm">>})
    end.

%% Collects the garbage of the process; with `stored` its messages are kept on_heap or off_heap from then on.
compact_mailbox(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Before = whitebeam_mailbox:measure(Pid),
    Wanted = maps:get(stored, Arguments, undefined),
    case Arguments of
        #{dry_run := true} ->
            Wanted =:= undefined orelse subject(Arguments),
            {ok, #{pid => Pid, before => Before, dry_run => true}};
        _ ->
            Wanted =:= undefined orelse store(Wanted, Arguments),
            {ok, _} = whitebeam_control_process:collected(Pid, major, Arguments),
            {ok, #{pid => Pid, before => Before, 'after' => whitebeam_mailbox:measure(Pid)}}
    end.

store(Where, Arguments) ->
    {Pid, Queue} = subject(Arguments),
    inside(Pid, Queue, Arguments, fun(_) -> {answer, process_flag(message_queue_data, Where)} end).

%% ---- whom, and how ----------------------------------------------------------------------------

%% The process, and how many messages may wait before the question.
subject(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    {memory, Memory} = info(Pid, memory),
    Memory > ?MEMORY andalso
        whitebeam_arguments:fail(
            too_large,
            <<"the process is too large to go through its mailbox">>,
            #{memory => Memory, limit => ?MEMORY, closest => <<"kill_process">>}
        ),
    case whitebeam_sys:is_suspended(Pid) of
        true ->
            {Pid, infinity};
        false ->
            ok = check(Pid),
            {Pid, 1000}
    end.

check(Pid) ->
    try
        whitebeam_sys:check(Pid)
    catch
        throw:{error, {not_sys, _, _}} ->
            Text = <<"only it can take its messages out, and it is not of a behaviour that could be asked to">>,
            whitebeam_arguments:fail(refused, Text, #{closest => <<"kill_process">>});
        throw:{error, {queue, Text, Details}} ->
            whitebeam_arguments:fail(queue, Text, Details#{closest => <<"suspend_process">>})
    end.

inside(Pid, Queue, Arguments, Fun) ->
    whitebeam_sys:inside(Pid, Fun, maps:get(timeout_ms, Arguments, ?TIMEOUT_MS), Queue).

info(Pid, Item) ->
    case erlang:process_info(Pid, Item) of
        undefined -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>);
        Value -> Value
    end.

length_of(Pid) ->
    {message_queue_len, Length} = info(Pid, message_queue_len),
    Length.

removed(Taken, Arguments) ->
    Numbered = lists:zip(lists:seq(0, length(Taken) - 1), Taken),
    Rows = whitebeam_mailbox:rows(Numbered, maps:get(max_bytes, Arguments, ?BYTES), []),
    #{removed => length(Taken), messages => Rows}.

is_system({system, {_, _}, _}) -> true;
is_system(_) -> false.

is_kept(_, {system, {_, _}, _}) -> true;
is_kept(true, {'EXIT', _, _}) -> true;
is_kept(true, {'DOWN', _, _, _, _}) -> true;
is_kept(_, _) -> false.

%% ---- inside the process -----------------------------------------------------------------------

-define(IS_WORD(M, Word), (element(1, M) =:= Word)).

%% Messages that are kept stay where they are, since they are not received.
flush(Keep, Removed, Answered) ->
    case next(Keep) of
        {message, Message} -> flush(Keep, Removed + 1, Answered + answer(Message));
        none -> {Removed, Answered}
    end.

drain(_, 0, Taken, Answered) ->
    {lists:reverse(Taken), Answered};
drain(Keep, Left, Taken, Answered) ->
    case next(Keep) of
        {message, Message} -> drain(Keep, Left - 1, [Message | Taken], Answered + answer(Message));
        none -> {lists:reverse(Taken), Answered}
    end.

next(true) ->
    receive
        M when not is_tuple(M); M =:= {} -> {message, M};
        M when not (?IS_WORD(M, system) orelse ?IS_WORD(M, 'EXIT') orelse ?IS_WORD(M, 'DOWN')) -> {message, M}
    after 0 -> none
    end;
next(false) ->
    receive
        M when not is_tuple(M); M =:= {} -> {message, M};
        M when not ?IS_WORD(M, system) -> {message, M}
    after 0 -> none
    end.

%% Answers whoever waits for an answer to it; 1 if somebody did.
answer({'$gen_call', {From, _} = Caller, _}) when is_pid(From) ->
    gen_server:reply(Caller, {error, drained}),
    1;
answer(_) ->
    0.

%% Takes everything out but system messages, and puts back what stays. What arrives meanwhile may come before it.
filter(Test) ->
    {Fits, Rest} = lists:partition(Test, everything([])),
    put_back(Rest),
    {length(Fits), lists:sum([answer(Message) || Message <- Fits]), length(Rest)}.

reorder(Test) ->
    {Fits, Rest} = lists:partition(Test, everything([])),
    put_back(Fits ++ Rest),
    {length(Fits), length(Fits) + length(Rest)}.

everything(Messages) ->
    case next(false) of
        {message, Message} -> everything([Message | Messages]);
        none -> lists:reverse(Messages)
    end.

put_back(Messages) ->
    lists:foreach(fun(Message) -> self() ! Message end, Messages).
