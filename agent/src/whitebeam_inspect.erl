%% Terms as text in the syntax of Elixir's inspect/2, as the daemon shows them, so that what is searched
%% here is what people see there. Less exact than the daemon's: references, funs and strange atoms are
%% written as Erlang writes them.
-module(whitebeam_inspect).

-export([text/1]).

-define(WIDTH, 50).
-define(DEPTH, 12).
-define(BYTES, 4096).

%% The text, cut where it has many elements, is deep, or is long. Cost: at most some thousand steps.
-spec text(term()) -> binary().
text(Term) ->
    Budget = counters:new(1, []),
    counters:put(Budget, 1, ?BYTES div 2),
    Text = unicode:characters_to_binary(term(Term, ?DEPTH, Budget)),
    binary:part(Text, 0, min(byte_size(Text), ?BYTES)).

%% Each term takes one of the budget; when it is spent, everything is "...".
term(Term, Depth, Budget) ->
    counters:sub(Budget, 1, 1),
    case Depth > 0 andalso counters:get(Budget, 1) > 0 of
        true -> any(Term, Depth - 1, Budget);
        false -> "..."
    end.

any(Atom, _, _) when is_atom(Atom) ->
    atom(Atom, atom_to_list(Atom));
any(Binary, _, _) when is_binary(Binary) ->
    binary(Binary);
any([], _, _) ->
    "[]";
any(List, Depth, Budget) when is_list(List) ->
    Begin = begin_of(List, ?WIDTH),
    case {io_lib:printable_latin1_list(Begin), lists:all(fun is_keyword/1, Begin)} of
        {true, _} -> ["'", Begin, "'"];
        {_, true} -> ["[", list(List, ?WIDTH, fun element/3, Depth, Budget), "]"];
        _ -> ["[", list(List, ?WIDTH, fun term/3, Depth, Budget), "]"]
    end;
any(Tuple, Depth, Budget) when is_tuple(Tuple) ->
    Elements = [element(N, Tuple) || N <- lists:seq(1, min(?WIDTH, tuple_size(Tuple)))],
    ["{", joined([term(Element, Depth, Budget) || Element <- Elements], tuple_size(Tuple)), "}"];
any(Map, Depth, Budget) when is_map(Map) ->
    map(Map, Depth, Budget);
any(Pid, _, _) when is_pid(Pid) ->
    ["#PID", pid_to_list(Pid)];
any(Other, _, _) ->
    io_lib:format("~0tp", [Other]).

atom(Atom, _) when Atom =:= true; Atom =:= false; Atom =:= nil ->
    atom_to_list(Atom);
atom(_, "Elixir." ++ [First | _] = Name) when First >= $A, First =< $Z ->
    lists:nthtail(7, Name);
atom(Atom, _) ->
    case io_lib:format("~tw", [Atom]) of
        [[$' | Rest]] -> [":\"", lists:droplast(Rest), "\""];
        Text -> [":", Text]
    end.

binary(Binary) ->
    Cut = binary:part(Binary, 0, min(byte_size(Binary), ?WIDTH * 64)),
    Characters =
        case unicode:characters_to_list(Cut) of
            {incomplete, Good, _} when Cut =/= Binary -> Good;
            Other -> Other
        end,
    case io_lib:printable_unicode_list(Characters) of
        true -> ["\"", Characters, "\"", [" <> ..." || Cut =/= Binary]];
        false -> ["<<", joined([integer_to_list(Byte) || Byte <- binary_to_list(Cut)], byte_size(Binary)), ">>"]
    end.

%% The first elements; what ends an improper list is one too.
begin_of([], _) -> [];
begin_of(_, 0) -> [];
begin_of([Head | Tail], Left) -> [Head | begin_of(Tail, Left - 1)];
begin_of(Tail, _) -> [Tail].

is_keyword({Key, _}) -> is_atom(Key);
is_keyword(_) -> false.

list(_, 0, _, _, _) ->
    "...";
list([Head], _, Each, Depth, Budget) ->
    Each(Head, Depth, Budget);
list([Head | Tail], Left, Each, Depth, Budget) when is_list(Tail) ->
    [Each(Head, Depth, Budget), ", ", list(Tail, Left - 1, Each, Depth, Budget)];
list([Head | Tail], _, Each, Depth, Budget) ->
    [Each(Head, Depth, Budget), " | ", term(Tail, Depth, Budget)].

element({Key, Value}, Depth, Budget) ->
    [key(Key), term(Value, Depth, Budget)];
element(Tail, Depth, Budget) ->
    term(Tail, Depth, Budget).

key(Key) ->
    case any(Key, 1, none) of
        [":" | Text] -> [Text, ": "];
        [":\"", Text, "\""] -> ["\"", Text, "\": "];
        _ -> [atom_to_list(Key), ": "]
    end.

map(#{'__struct__' := Name} = Struct, Depth, Budget) when is_atom(Name) ->
    ["%", any(Name, Depth, Budget), fields(maps:without(['__struct__', '__exception__'], Struct), Depth, Budget)];
map(Map, Depth, Budget) ->
    ["%", fields(Map, Depth, Budget)].

fields(Map, Depth, Budget) ->
    First = first(maps:next(maps:iterator(Map)), ?WIDTH),
    ["{", joined([field(Pair, Depth, Budget) || Pair <- lists:sort(First)], map_size(Map)), "}"].

first(none, _) -> [];
first(_, 0) -> [];
first({Key, Value, Rest}, Left) -> [{Key, Value} | first(maps:next(Rest), Left - 1)].

field({Key, Value}, Depth, Budget) when is_atom(Key) ->
    [key(Key), term(Value, Depth, Budget)];
field({Key, Value}, Depth, Budget) ->
    [term(Key, Depth, Budget), " => ", term(Value, Depth, Budget)].

joined(Texts, Count) when length(Texts) < Count ->
    lists:join(", ", Texts ++ ["..."]);
joined(Texts, _) ->
    lists:join(", ", Texts).
