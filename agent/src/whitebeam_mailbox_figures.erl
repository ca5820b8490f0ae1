%% Figures of mailboxes: how many messages of which kind wait, how large they are, and what their
%% pattern says of the process. Only counts and shapes leave the node.
-module(whitebeam_mailbox_figures).

-export([handler/1, counted/1]).

-define(SHAPES, 50).
-define(SAMPLE_MS, 200).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(count_mailbox_messages) -> fun count_mailbox_messages/1;
handler(get_message_queue_stats) -> fun get_message_queue_stats/1;
handler(analyze_mailbox_patterns) -> fun analyze_mailbox_patterns/1;
handler(_) -> undefined.

count_mailbox_messages(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    Messages = whitebeam_mailbox:messages(Pid),
    {ok, (counted(Messages))#{pid => Pid, length => length(Messages)}}.

%% Counts by kind, type and shape, the most frequent first.
-spec counted([term()]) -> map().
counted(Messages) ->
    Shapes = counts(fun whitebeam_letter:shape/1, Messages),
    #{
        by_kind => [#{kind => Kind, count => Count} || {Kind, Count} <- counts(fun whitebeam_letter:kind/1, Messages)],
        by_type => [#{type => Type, count => Count} || {Type, Count} <- counts(fun whitebeam_letter:type/1, Messages)],
        by_shape => [
            #{shape => {'$inspect', Shape}, count => Count}
         || {Shape, Count} <- lists:sublist(Shapes, ?SHAPES)
        ],
        shapes => length(Shapes)
    }.

counts(Fun, Messages) ->
    Count = fun(Message, Counts) -> maps:update_with(Fun(Message), fun(N) -> N + 1 end, 1, Counts) end,
    Counts = lists:foldl(Count, #{}, Messages),
    lists:sort(fun({A, N}, {B, M}) -> {M, A} =< {N, B} end, maps:to_list(Counts)).

%% ---- statistics -------------------------------------------------------------------------------

%% Of a mailbox that is too large to be copied, what is known without the messages.
get_message_queue_stats(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    Measured = whitebeam_mailbox:measure(Pid),
    try whitebeam_mailbox:messages(Pid) of
        Messages -> {ok, maps:merge(Measured, sizes(Messages))}
    catch
        throw:{error, {Code, Text, _}} when Code =/= gone -> {ok, Measured#{messages_read => false, why => Text}}
    end.

sizes(Messages) ->
    Sizes = [whitebeam_letter:bytes(Message) || Message <- Messages],
    Callers = lists:usort([Pid || Message <- Messages, Pid <- [whitebeam_letter:caller(Message)], is_pid(Pid)]),
    #{
        messages_read => true,
        length => length(Messages),
        bytes => lists:sum(Sizes),
        average_bytes => average(Sizes),
        largest => largest(Sizes, Messages),
        callers => length(Callers),
        callers_gone => length([Pid || Pid <- Callers, is_gone(Pid)]),
        by_kind => [
            #{kind => Kind, count => Count}
         || {Kind, Count} <- counts(fun whitebeam_letter:kind/1, Messages)
        ]
    }.

average([]) -> 0;
average(Sizes) -> round(lists:sum(Sizes) / length(Sizes)).

largest([], _) ->
    undefined;
largest(Sizes, Messages) ->
    {Bytes, Index} = lists:max(lists:zip(Sizes, lists:seq(0, length(Sizes) - 1))),
    Shape = whitebeam_letter:shape(lists:nth(Index + 1, Messages)),
    #{index => Index, bytes => Bytes, shape => {'$inspect', Shape}}.

is_gone(Pid) ->
    node(Pid) =:= node() andalso not is_process_alive(Pid).

%% ---- patterns ---------------------------------------------------------------------------------

%% Reads the mailbox twice, sample_ms apart: what stays at the head while the process works is what it
%% does not receive. Each finding names its evidence.
analyze_mailbox_patterns(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    {First, Work} = reading(Pid),
    receive after maps:get(sample_ms, Arguments, ?SAMPLE_MS) -> ok end,
    {Second, MoreWork} = reading(Pid),
    Stuck = length(common_head(First, Second)),
    Figures = #{
        length_before => length(First),
        length => length(Second),
        unmoved => Stuck,
        reductions => MoreWork - Work,
        callers_gone => maps:get(callers_gone, sizes(Second))
    },
    Counted = counted(Second),
    Said = #{pid => Pid, repeated => repeated(Second), findings => findings(Figures, Second)},
    {ok, maps:merge(maps:merge(Counted, Figures), Said)}.

reading(Pid) ->
    Messages = whitebeam_mailbox:messages(Pid),
    case erlang:process_info(Pid, reductions) of
        {reductions, Reductions} -> {Messages, Reductions};
        undefined -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    end.

common_head([Message | First], [Message | Second]) -> [Message | common_head(First, Second)];
common_head(_, _) -> [].

%% Equal messages, the most frequent first.
repeated(Messages) ->
    Groups = [{Message, Count} || {Message, Count} <- counts(fun(Message) -> Message end, Messages), Count > 1],
    [
        #{message => {'$inspect', whitebeam_trim:trim(Message)}, count => Count}
     || {Message, Count} <- lists:sublist(Groups, 10)
    ].

findings(Figures, Messages) ->
    lists:append([growth(Figures), unmoved(Figures), gone(Figures), one_sort(Messages)]).

growth(#{length_before := Before, length := After}) when After > Before, After > 10 ->
    [finding(growing, "~b messages more than at the first reading", [After - Before])];
growth(_) ->
    [].

%% A signal reading costs the process some reductions of its own.
unmoved(#{unmoved := Stuck, reductions := Reductions, length_before := Before}) when Stuck > 0, Stuck =:= Before ->
    case Reductions > 1000 of
        true ->
            Format = "it worked (~b reductions), but took none of the ~b messages",
            [finding(not_received, Format, [Reductions, Stuck])];
        false ->
            [finding(waiting, "it did nothing, and took none of the ~b messages", [Stuck])]
    end;
unmoved(#{unmoved := Stuck}) when Stuck > 0 ->
    [finding(left_at_head, "it took messages, but not the ~b oldest ones, which it may never match", [Stuck])];
unmoved(_) ->
    [].

gone(#{callers_gone := Gone}) when Gone > 0 ->
    [finding(callers_gone, "~b processes that called it have ended and wait no more", [Gone])];
gone(_) ->
    [].

one_sort(Messages) when length(Messages) >= 10 ->
    [{Shape, Count} | _] = counts(fun whitebeam_letter:shape/1, Messages),
    case Count * 100 div length(Messages) of
        Share when Share >= 80 ->
            [finding(one_sort, "~b of 100 messages are like ~ts", [Share, whitebeam_inspect:text(Shape)])];
        _ ->
            []
    end;
one_sort(_) ->
    [].

finding(Name, Format, Arguments) ->
    #{finding => Name, evidence => unicode:characters_to_binary(io_lib:format(Format, Arguments))}.
