%% Bringing a state into another form: keys renamed, dropped and added, or a tuple built anew from the
%% elements of the old one. A plan that does not fit the state is refused as a whole.
%%
%% A plan is a map with any of
%%   rename   #{Old => New}      keys of a map or keyword list
%%   drop     [Key]
%%   add      #{Key => Value}
%% or with
%%   tuple    [Source]           N, the old tuple's element N from 0, or {value, Value}
-module(whitebeam_state_migration).

-export([plan/1, apply_plan/2]).

-record(plan, {rename = [] :: list(), drop = [] :: list(), add = [] :: list(), tuple = none :: none | list()}).

%% Checks the plan as the user wrote it.
-spec plan(term()) -> tuple().
plan(Map) when is_map(Map), map_size(Map) > 0 ->
    Plan = maps:fold(fun(Key, Value, Plan) -> entry(word(Key), Value, Plan) end, #plan{}, Map),
    case Plan of
        #plan{tuple = List} when is_list(List), map_size(Map) > 1 ->
            wrong(<<"`tuple` stands alone: it says what every element is">>);
        _ -> Plan
    end;
plan(_) ->
    wrong(<<"a map with rename, drop and add, or with tuple, is needed">>).

word(Key) when is_atom(Key) -> Key;
word(Key) ->
    case [Word || Word <- [rename, drop, add, tuple], atom_to_binary(Word) =:= Key] of
        [Word] -> Word;
        [] -> Key
    end.

entry(rename, Map, Plan) when is_map(Map) -> Plan#plan{rename = maps:to_list(Map)};
entry(add, Map, Plan) when is_map(Map) -> Plan#plan{add = maps:to_list(Map)};
entry(drop, [_ | _] = Keys, Plan) when length(Keys) < 1000 -> Plan#plan{drop = Keys};
entry(tuple, [_ | _] = Sources, Plan) when length(Sources) < 1000 ->
    Plan#plan{tuple = [source(One) || One <- Sources]};
entry(_, _, _) -> wrong(<<"rename and add are maps, drop and tuple lists; there is nothing else">>).

source(N) when is_integer(N), N >= 0 -> N;
source({value, Value}) -> {value, Value};
source({<<"value">>, Value}) -> {value, Value};
source(_) -> wrong(<<"an element of `tuple` is an index from 0 or {value, Value}">>).

-spec wrong(binary()) -> no_return().
wrong(Why) ->
    whitebeam_arguments:fail(invalid, Why, #{field => <<"mapping">>}).

%% The state in its new form. Runs inside the process.
-spec apply_plan(tuple(), term()) -> term().
apply_plan(#plan{tuple = Sources}, Old) when is_list(Sources), is_tuple(Old) ->
    list_to_tuple([element_of(Source, Old) || Source <- Sources]);
apply_plan(#plan{tuple = Sources}, Old) when is_list(Sources) ->
    refuse(io_lib:format("the state is no tuple but a ~ts", [whitebeam_state_shape:form(Old)]));
apply_plan(#plan{rename = Rename, drop = Drop, add = Add}, Old) ->
    Renamed = lists:foldl(fun({From, To}, State) -> rename(From, To, State) end, Old, Rename),
    Dropped = lists:foldl(fun drop/2, Renamed, Drop),
    New = lists:foldl(fun({Key, Value}, State) -> add(Key, Value, State) end, Dropped, Add),
    ok = complete(New),
    New.

element_of({value, Value}, _) -> Value;
element_of(N, Old) when N < tuple_size(Old) -> element(N + 1, Old);
element_of(N, Old) ->
    refuse(io_lib:format("the old tuple has ~b elements, none at ~b", [tuple_size(Old), N])).

rename(From, To, State) ->
    Value = whitebeam_state_path:get([From], State),
    Key = actual(From, State),
    add(like(Key, To), Value, drop(Key, State)).

drop(Key, State) when is_map(State) ->
    _ = whitebeam_state_path:get([Key], State),
    maps:remove(actual(Key, State), State);
drop(Key, State) when is_list(State), not is_integer(Key) ->
    whitebeam_state_path:delete([Key], State);
drop(_, State) ->
    refuse(io_lib:format("a ~ts has no keys", [whitebeam_state_shape:form(State)])).

add(Key, Value, State) when is_map(State) ->
    New = struct_key(Key, State),
    is_map_key(New, State) andalso exists(New),
    State#{New => Value};
add(Key, Value, State) when is_list(State), is_atom(Key) ->
    lists:keymember(Key, 1, State) andalso exists(Key),
    whitebeam_state_path:put([Key], Value, true, State);
add(_, _, State) ->
    refuse(io_lib:format("a ~ts cannot get new keys", [whitebeam_state_shape:form(State)])).

-spec exists(term()) -> no_return().
exists(Key) ->
    Text = ["the state has the key ", whitebeam_inspect:text(Key), " already"],
    whitebeam_arguments:fail(conflict, Text, #{field => <<"mapping">>}).

%% The keys of a struct are atoms.
struct_key(Key, #{'__struct__' := _}) -> like(atom, Key);
struct_key(Key, _) -> Key.

%% The key that is in the state: a plan that came as JSON has texts where the state has atoms.
actual(Key, State) when is_map(State), is_map_key(Key, State) -> Key;
actual(Key, State) when is_list(State), is_binary(Key) ->
    case lists:keymember(Key, 1, State) of
        true -> Key;
        false -> like(atom, Key)
    end;
actual(Key, _) -> like(atom, Key).

%% A new key of the kind of the old one.
like(Old, New) when is_atom(Old), is_binary(New) ->
    try binary_to_existing_atom(New)
    catch
        error:_ ->
            whitebeam_arguments:fail(unknown_atom, [<<"the node does not know the atom ">>, New], #{atom => New})
    end;
like(_, New) -> New.

%% A struct must have the keys that its module, as loaded now, defines.
complete(#{'__struct__' := Module} = Struct) when is_atom(Module) ->
    case erlang:function_exported(Module, '__struct__', 0) of
        true ->
            Defined = maps:keys(Module:'__struct__'()),
            Keys = maps:keys(Struct),
            lists:sort(Defined) =:= lists:sort(Keys) orelse
                misfit(Defined -- Keys, Keys -- Defined),
            ok;
        false -> ok
    end;
complete(_) ->
    ok.

-spec misfit([atom()], [term()]) -> no_return().
misfit(Missing, TooMuch) ->
    Lists = [whitebeam_inspect:text(Missing), whitebeam_inspect:text(TooMuch)],
    refuse(io_lib:format("the struct would lack ~ts and have too much ~ts", Lists)).

-spec refuse(iodata()) -> no_return().
refuse(Why) ->
    whitebeam_arguments:fail(refused, Why, #{field => <<"mapping">>}).
