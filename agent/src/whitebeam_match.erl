%% Patterns for messages: a term in which '_' stands for anything. Of maps the keys of the pattern must be there.
-module(whitebeam_match).

-export([matches/2, test/1]).

%% Cost: the size of the pattern, and that of the term where both are compared as a whole.
-spec matches(term(), term()) -> boolean().
matches('_', _) ->
    true;
matches([Pattern | Patterns], [Head | Tail]) ->
    matches(Pattern, Head) andalso matches(Patterns, Tail);
matches(Pattern, Tuple) when is_tuple(Pattern), is_tuple(Tuple), tuple_size(Pattern) =:= tuple_size(Tuple) ->
    matches(tuple_to_list(Pattern), tuple_to_list(Tuple));
matches(Pattern, Map) when is_map(Pattern), is_map(Map) ->
    lists:all(
        fun({Key, Value}) -> is_map_key(Key, Map) andalso matches(Value, map_get(Key, Map)) end,
        maps:to_list(Pattern)
    );
matches(Pattern, Term) ->
    Pattern =:= Term.

%% The test that the arguments of an operation describe: `pattern`, a term as above; `text`, which the
%% message's text must contain, as inspect/2 writes it; `kind`, see whitebeam_letter. All that are given must hold.
-spec test(map()) -> fun((term()) -> boolean()).
test(Arguments) ->
    case lists:append([one(Key, Value) || {Key, Value} <- maps:to_list(Arguments)]) of
        [] -> whitebeam_arguments:fail(invalid, <<"name a pattern, a text or a kind">>, #{field => <<"pattern">>});
        Tests -> fun(Message) -> holds(Tests, Message) end
    end.

%% Never fails: it runs while messages are in nobody's mailbox.
holds(Tests, Message) ->
    try
        lists:all(fun(Test) -> Test(Message) end, Tests)
    catch
        _:_ -> false
    end.

one(pattern, Term) ->
    Pattern = whitebeam_arguments:term(Term),
    [fun(Message) -> matches(Pattern, Message) end];
one(text, Text) when Text =/= <<>> ->
    [fun(Message) -> binary:match(whitebeam_inspect:text(Message), Text) =/= nomatch end];
one(kind, Kind) ->
    [fun(Message) -> whitebeam_letter:kind(Message) =:= Kind end];
one(_, _) ->
    [].
