%% Terms cut to a size that is safe to send: exit reasons and child ids may be anything.
-module(whitebeam_trim).

-export([trim/1]).

-define(DEPTH, 6).
-define(WIDTH, 12).
-define(BYTES, 200).
-define(BUDGET, 120).

%% The term with long lists, tuples, maps and binaries cut and deep parts replaced by '...'.
%% Cost: at most ?BUDGET steps, whatever the size of the term.
-spec trim(term()) -> term().
trim(Term) ->
    {Trimmed, _} = trim(Term, ?DEPTH, ?BUDGET),
    Trimmed.

trim(_, _, Budget) when Budget =< 0 ->
    {'...', 0};
trim(Term, _, Budget) when is_atom(Term); is_number(Term); is_pid(Term); is_reference(Term); is_port(Term) ->
    {Term, Budget - 1};
trim(Term, _, Budget) when is_binary(Term) ->
    {binary:copy(binary:part(Term, 0, min(byte_size(Term), ?BYTES))), Budget - 1};
trim([], _, Budget) ->
    {[], Budget - 1};
trim(_, 0, Budget) ->
    {'...', Budget - 1};
trim(Term, Depth, Budget) when is_list(Term) ->
    list(Term, Depth - 1, Budget - 1, ?WIDTH, []);
trim(Term, Depth, Budget) when is_tuple(Term), tuple_size(Term) =< ?WIDTH ->
    {Elements, Left} = list(tuple_to_list(Term), Depth - 1, Budget - 1, ?WIDTH, []),
    {list_to_tuple(Elements), Left};
trim(Term, Depth, Budget) when is_map(Term), map_size(Term) =< ?WIDTH ->
    {Pairs, Left} = list(maps:to_list(Term), Depth, Budget - 1, ?WIDTH, []),
    {maps:from_list([Pair || {_, _} = Pair <- Pairs]), Left};
trim(_, _, Budget) ->
    {'...', Budget - 1}.

%% Text is a list of characters: longer than other lists, and cheap.
list([First | _] = Text, _, Budget, ?WIDTH, []) when is_integer(First), First >= 32, First < 127 ->
    {text(Text, ?BYTES), Budget - 4};
list([], _, Budget, _, Done) ->
    {lists:reverse(Done), Budget};
list(_, _, Budget, 0, Done) ->
    {lists:reverse(['...' | Done]), Budget};
list([Head | Tail], Depth, Budget, Width, Done) ->
    {Trimmed, Left} = trim(Head, Depth, Budget),
    list(Tail, Depth, Left, Width - 1, [Trimmed | Done]);
list(_, _, Budget, _, Done) ->
    {lists:reverse(['...' | Done]), Budget}.

text([C | Rest], Left) when Left > 0, is_integer(C) -> [C | text(Rest, Left - 1)];
text(_, _) -> [].
