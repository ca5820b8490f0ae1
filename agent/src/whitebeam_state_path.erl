%% Parts of a term by their path: keys of maps, structs and keyword lists, and indexes of tuples and
%% lists, counted from 0 as Elixir's elem/2 and Enum.at/2 count. Functions here run inside the process
%% whose state it is; what is wrong is thrown, see whitebeam_arguments:fail/3.
-module(whitebeam_state_path).

-export([get/2, update/3, put/4, delete/2, check/1]).

-define(LONGEST, 64).

%% The path as the user wrote it, if it can be one.
-spec check(term()) -> [term()].
check(Path) when is_list(Path) ->
    try length(Path) of
        Length when Length =< ?LONGEST -> Path;
        _ -> bad(<<"the path is too long">>)
    catch
        error:badarg -> bad(<<"the path is not a proper list">>)
    end;
check(_) ->
    bad(<<"the path must be a list of keys and indexes">>).

-spec bad(binary()) -> no_return().
bad(Text) ->
    whitebeam_arguments:fail(invalid, Text, #{field => <<"path">>}).

-spec get([term()], term()) -> term().
get([], Term) ->
    Term;
get([Step | Path], Term) ->
    {Value, _} = open(Step, Term),
    get(Path, Value).

%% The term with what is at the path replaced by what Fun makes of it.
-spec update([term()], fun((term()) -> term()), term()) -> term().
update([], Fun, Term) ->
    Fun(Term);
update([Step | Path], Fun, Term) ->
    {Value, Close} = open(Step, Term),
    Close(update(Path, Fun, Value)).

%% With Create, a last key that a map or keyword list does not have is added.
-spec put([term()], term(), boolean(), term()) -> term().
put([], Value, _, _) ->
    Value;
put(Path, Value, Create, Term) ->
    {Above, [Last]} = lists:split(length(Path) - 1, Path),
    update(Above, fun(Holder) -> put_last(Last, Value, Create, Holder) end, Term).

put_last(Key, Value, Create, Holder) ->
    case find(Key, Holder) of
        {_, Close} -> Close(Value);
        none when Create -> add(Key, Value, Holder);
        none -> missing(Key, Holder)
    end.

add(Key, _, #{'__struct__' := _}) ->
    refuse(Key, <<"a struct has only the keys of its definition">>);
add(Key, Value, Map) when is_map(Map) -> Map#{Key => Value};
add(Key, Value, List) when is_list(List), is_atom(Key) ->
    is_keyword(List) orelse refuse(Key, <<"the list has no keys">>),
    List ++ [{Key, Value}];
add(Key, _, _) ->
    refuse(Key, <<"only a map or a keyword list can get a new key">>).

%% The term without the key at the end of the path.
-spec delete([term()], term()) -> term().
delete([], _) ->
    bad(<<"the path must name what is to be deleted">>);
delete(Path, Term) ->
    {Above, [Last]} = lists:split(length(Path) - 1, Path),
    update(Above, fun(Holder) -> delete_last(Last, Holder) end, Term).

delete_last(Key, #{'__struct__' := _}) ->
    refuse(Key, <<"a struct has all the keys of its definition">>);
delete_last(Key, Map) when is_map(Map) ->
    case map_key(Key, Map) of
        {ok, Actual} -> maps:remove(Actual, Map);
        none -> missing(Key, Map)
    end;
delete_last(Key, List) when is_list(List) ->
    case {find(Key, List), Key} of
        {none, _} -> missing(Key, List);
        {_, N} when is_integer(N) -> lists:sublist(List, N) ++ lists:nthtail(N + 1, List);
        {_, Key} -> lists:keydelete(keyword_key(Key, List), 1, List)
    end;
delete_last(Key, _) ->
    refuse(Key, <<"only keys of maps and entries of lists can be deleted">>).

%% ---- one step ---------------------------------------------------------------------------------

%% What is behind a step, and a function that puts something else there.
open(Step, Term) ->
    case find(Step, Term) of
        none -> missing(Step, Term);
        Found -> Found
    end.

find(Key, Map) when is_map(Map) ->
    case map_key(Key, Map) of
        {ok, Actual} -> {maps:get(Actual, Map), fun(New) -> Map#{Actual => New} end};
        none -> none
    end;
find(N, Tuple) when is_tuple(Tuple), is_integer(N), N >= 0, N < tuple_size(Tuple) ->
    {element(N + 1, Tuple), fun(New) -> setelement(N + 1, Tuple, New) end};
find(N, List) when is_list(List), is_integer(N), N >= 0 ->
    case before(N, List, []) of
        {Before, [Value | After]} -> {Value, fun(New) -> lists:reverse(Before, [New | After]) end};
        none -> none
    end;
find(Key, List) when is_list(List) ->
    Actual = keyword_key(Key, List),
    case is_keyword(List) andalso lists:keyfind(Actual, 1, List) of
        {_, Value} -> {Value, fun(New) -> lists:keyreplace(Actual, 1, List, {Actual, New}) end};
        false -> none
    end;
find(_, _) ->
    none.

before(0, [_ | _] = Rest, Before) -> {Before, Rest};
before(N, [First | Rest], Before) when N > 0 -> before(N - 1, Rest, [First | Before]);
before(_, _, _) -> none.

%% A path that came as JSON has texts where the state may have atoms.
map_key(Key, Map) when is_map_key(Key, Map) ->
    {ok, Key};
map_key(Key, Map) when is_binary(Key) ->
    case existing(Key) of
        {ok, Atom} when is_map_key(Atom, Map) -> {ok, Atom};
        _ -> none
    end;
map_key(_, _) ->
    none.

keyword_key(Key, _) when is_atom(Key) -> Key;
keyword_key(Key, List) when is_binary(Key) ->
    case existing(Key) of
        {ok, Atom} -> case lists:keymember(Key, 1, List) of true -> Key; false -> Atom end;
        none -> Key
    end;
keyword_key(Key, _) -> Key.

existing(Text) ->
    try {ok, binary_to_existing_atom(Text)}
    catch
        error:_ -> none
    end.

%% Pairs with an atom or a text first: keyword lists and Erlang's property lists.
is_keyword([{Key, _} | Rest]) when is_atom(Key); is_binary(Key) -> is_keyword(Rest);
is_keyword([]) -> true;
is_keyword(_) -> false.

-spec missing(term(), term()) -> no_return().
missing(Step, Term) ->
    Form = whitebeam_state_shape:form(Term),
    Text = ["the ", Form, " has nothing at ", whitebeam_inspect:text(Step)],
    whitebeam_arguments:fail(not_found, Text, #{field => <<"path">>}).

-spec refuse(term(), binary()) -> no_return().
refuse(Step, Why) ->
    Text = [whitebeam_inspect:text(Step), ": ", Why],
    whitebeam_arguments:fail(refused, Text, #{field => <<"path">>}).
