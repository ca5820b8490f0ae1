%% Reading mailboxes: what waits there, without taking it out. The runtime can only copy a whole
%% mailbox, so it is measured first, and not read when that would be too much. The copy is made by the
%% request's own process, whose memory is limited.
-module(whitebeam_mailbox).

-export([handler/1, messages/1, measure/1, rows/3]).

-define(MESSAGES, 10000).
-define(MEMORY, 67108864). % bytes
-define(LIMIT, 50).
-define(BYTES, 262144).
-define(ONE, 65536).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_message_queue_length) -> fun get_message_queue_length/1;
handler(peek_message_queue) -> fun peek_message_queue/1;
handler(inspect_mailbox) -> fun inspect_mailbox/1;
handler(search_mailbox) -> fun search_mailbox/1;
handler(_) -> undefined.

%% Length, place of the messages, and memory of the process, with one signal.
-spec measure(pid()) -> map().
measure(Pid) ->
    case erlang:process_info(Pid, [message_queue_len, message_queue_data, memory, status]) of
        [{_, Length}, {_, Where}, {_, Memory}, {_, Status}] ->
            #{pid => Pid, length => Length, stored => Where, memory => Memory, status => Status};
        undefined ->
            whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    end.

%% All messages, the oldest first. Throws too_large, and refused where the process hides them.
-spec messages(pid()) -> [term()].
messages(Pid) ->
    case measure(Pid) of
        #{length := 0} ->
            [];
        #{length := Length} when Length > ?MESSAGES ->
            Details = #{queue_length => Length, limit => ?MESSAGES, closest => <<"get_message_queue_stats">>},
            whitebeam_arguments:fail(too_large, <<"too many messages wait to be copied">>, Details);
        #{memory := Memory} when Memory > ?MEMORY ->
            Details = #{memory => Memory, limit => ?MEMORY, closest => <<"get_message_queue_stats">>},
            whitebeam_arguments:fail(too_large, <<"the process is too large for its mailbox to be copied">>, Details);
        #{} ->
            copied(Pid)
    end.

%% A sensitive process has messages, but shows none, and shows no stack.
copied(Pid) ->
    case {erlang:process_info(Pid, messages), erlang:process_info(Pid, message_queue_len)} of
        {{messages, []}, {_, Length}} when Length > 0 ->
            erlang:process_info(Pid, backtrace) =:= {backtrace, <<>>} andalso
                whitebeam_arguments:fail(refused, <<"the process is marked as sensitive and hides its messages">>),
            [];
        {{messages, Messages}, _} ->
            Messages;
        {undefined, _} ->
            whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    end.

%% Cost: no signal.
get_message_queue_length(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    case erlang:process_info(Pid, message_queue_len) of
        {message_queue_len, Length} -> {ok, #{pid => Pid, length => Length}};
        undefined -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    end.

peek_message_queue(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Messages = messages(Pid),
    Total = length(Messages),
    Offset = min(maps:get(offset, Arguments, 0), Total),
    Chosen = lists:sublist(lists:nthtail(Offset, Messages), maps:get(limit, Arguments, ?LIMIT)),
    Rows = rows(numbered(Offset, Chosen), maps:get(max_bytes, Arguments, ?BYTES), []),
    Left = Total - Offset - length(Rows),
    {ok, #{pid => Pid, length => Total, offset => Offset, messages => Rows, left_out => Left}}.

numbered(Offset, Messages) ->
    lists:zip(lists:seq(Offset, Offset + length(Messages) - 1), Messages).

%% Rows of numbered messages. Once they have cost so many bytes, those that follow are cut.
-spec rows([{non_neg_integer(), term()}], integer(), [map()]) -> [map()].
rows([], _, Rows) ->
    lists:reverse(Rows);
rows([{Index, Message} | More], Left, Rows) ->
    #{bytes := Bytes} = Row = whitebeam_letter:row(Index, Message, min(?ONE, Left)),
    rows(More, max(0, Left - Bytes), [Row | Rows]).

%% The first and the last messages with figures of all.
inspect_mailbox(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Measured = measure(Pid),
    Messages = numbered(0, messages(Pid)),
    Limit = maps:get(limit, Arguments, 10),
    Total = length(Messages),
    First = lists:sublist(Messages, Limit),
    Last = lists:nthtail(max(length(First), Total - Limit), Messages),
    Most = maps:get(max_bytes, Arguments, ?BYTES) div 2,
    Counted = whitebeam_mailbox_figures:counted([Message || {_, Message} <- Messages]),
    {ok, maps:merge(maps:merge(Measured, Counted), #{
        length => Total,
        first => rows(First, Most, []),
        last => rows(Last, Most, []),
        left_out => Total - length(First) - length(Last)
    })}.

%% By a pattern or a text, see whitebeam_match.
search_mailbox(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Test = whitebeam_match:test(Arguments),
    Messages = numbered(0, messages(Pid)),
    Found = [One || {_, Message} = One <- Messages, Test(Message)],
    Shown = lists:sublist(Found, maps:get(limit, Arguments, ?LIMIT)),
    {ok, #{
        pid => Pid,
        length => length(Messages),
        found => length(Found),
        messages => rows(Shown, maps:get(max_bytes, Arguments, ?BYTES), []),
        left_out => length(Found) - length(Shown)
    }}.
