%% Comparing a state with the shape that it should have.
%%
%% A shape is one of
%%   a name           any, map, struct, list, keyword, tuple, binary, string, bitstring, atom, boolean,
%%                    integer, float, number, pid, port, reference, function
%%   #{Key => Shape}  a map that has these keys; others may be there. {optional, Shape} may be missing
%%   {struct, Module} and {struct, Module, #{Key => Shape}}
%%   {record, Tag, [Shape]}   a tuple of Tag and elements
%%   {tuple, [Shape]}, {list, Shape}, {one_of, [Shape]}, {value, Value}
%% Names may be atoms or texts.
-module(whitebeam_state_schema).

-export([handler/1, check/2]).

-define(MOST, 100).
-define(DEPTH, 64).
-define(NAMES, [
    any, map, struct, list, keyword, tuple, binary, string, bitstring, atom, boolean, integer, float,
    number, pid, port, reference, function
]).
-define(WORDS, [optional, struct, record, tuple, list, one_of, value]).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(validate_genserver_state) -> fun validate_genserver_state/1;
handler(_) -> undefined.

%% Cost: a copy of the state.
validate_genserver_state(#{pid := Process, shape := Term} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Shape = shape(whitebeam_arguments:term(Term), ?DEPTH),
    {State, Hash} = whitebeam_state_access:copy(Pid, Arguments),
    {Problems, Total} = check(Shape, State),
    {ok, #{
        pid => Pid,
        valid => Total =:= 0,
        problems => [row(One) || One <- Problems],
        total => Total,
        left_out => Total - length(Problems),
        hash => Hash,
        form => whitebeam_state_shape:form(State)
    }}.

row({Path, Expected, Found}) ->
    #{path => {'$term', Path}, expected => Expected, found => Found}.

%% ---- shapes -----------------------------------------------------------------------------------

%% The shape as the user wrote it, in one form: {Name}, {map, #{…}} and so on. What is none is thrown.
shape(_, 0) -> wrong(<<"it is nested too deeply">>);
shape(Map, Depth) when is_map(Map) -> {map, maps:map(fun(_, One) -> member(One, Depth) end, Map)};
shape(Name, _) when is_atom(Name); is_binary(Name) -> {name, name(Name)};
shape(Tuple, Depth) when is_tuple(Tuple), tuple_size(Tuple) > 1 ->
    compound(word(element(1, Tuple)), tl(tuple_to_list(Tuple)), Depth - 1);
shape(Other, _) ->
    wrong(io_lib:format("~0tP is no shape", [Other, 12])).

member(Tuple, Depth) when is_tuple(Tuple), tuple_size(Tuple) =:= 2 ->
    case word(element(1, Tuple)) of
        optional -> {optional, shape(element(2, Tuple), Depth - 1)};
        _ -> {required, shape(Tuple, Depth - 1)}
    end;
member(Shape, Depth) ->
    {required, shape(Shape, Depth - 1)}.

compound(struct, [Module], _) -> {struct, module(Module), #{}};
compound(struct, [Module, Map], Depth) when is_map(Map) ->
    {map, Keys} = shape(Map, Depth),
    {struct, module(Module), Keys};
compound(record, [Tag, Shapes], Depth) when is_list(Shapes) ->
    {tuple, [{value, module(Tag)} | shapes(Shapes, Depth)]};
compound(tuple, [Shapes], Depth) when is_list(Shapes) -> {tuple, shapes(Shapes, Depth)};
compound(list, [Shape], Depth) -> {list, shape(Shape, Depth)};
compound(one_of, [Shapes], Depth) when is_list(Shapes), Shapes =/= [] -> {one_of, shapes(Shapes, Depth)};
compound(value, [Value], _) -> {value, Value};
compound(Word, _, _) -> wrong(io_lib:format("~0tP does not begin a shape like this", [Word, 12])).

shapes(List, Depth) ->
    [shape(One, Depth) || One <- List].

name(Name) -> named(Name, ?NAMES).

word(Word) when is_atom(Word); is_binary(Word) -> named(Word, ?WORDS);
word(Other) -> wrong(io_lib:format("~0tP does not begin a shape", [Other, 12])).

named(Name, Names) ->
    case [One || One <- Names, One =:= Name orelse atom_to_binary(One) =:= Name] of
        [One] -> One;
        [] ->
            All = lists:join(", ", [atom_to_list(One) || One <- Names]),
            wrong(io_lib:format("there is no type ~0tP; there are ~ts", [Name, 12, All]))
    end.

%% A module or a record's tag, which came as text from JSON.
module(Atom) when is_atom(Atom) -> Atom;
module(Text) when is_binary(Text) -> whitebeam_arguments:atom({atom, Text});
module(Other) -> wrong(io_lib:format("~0tP is no name", [Other, 12])).

-spec wrong(iodata()) -> no_return().
wrong(Why) ->
    whitebeam_arguments:fail(invalid, Why, #{field => <<"shape">>}).

%% ---- checking ---------------------------------------------------------------------------------

%% {Path, Expected, Found} where the term is not as the shape says, at most 100, and how many there are.
-spec check(term(), term()) -> {[{[term()], binary(), binary()}], non_neg_integer()}.
check(Shape, Term) ->
    {Found, Total} = check(Shape, Term, [], {[], 0}),
    {lists:reverse(Found), Total}.

check({name, Name}, Term, Path, Sum) ->
    case is(Name, Term) of
        true -> Sum;
        false -> problem(Path, atom_to_binary(Name), Term, Sum)
    end;
check({map, Keys}, Term, Path, Sum) when is_map(Term) ->
    lists:foldl(fun({Key, One}, Now) -> key(Key, One, Term, Path, Now) end, Sum, lists:sort(maps:to_list(Keys)));
check({struct, Module, Keys}, #{'__struct__' := Module} = Term, Path, Sum) ->
    check({map, Keys}, Term, Path, Sum);
check({tuple, Shapes}, Term, Path, Sum) when is_tuple(Term), tuple_size(Term) =:= length(Shapes) ->
    each(lists:zip(Shapes, tuple_to_list(Term)), 0, Path, Sum);
check({list, Shape}, Term, Path, Sum) when is_list(Term) ->
    case is(list, Term) of
        true -> each([{Shape, One} || One <- Term], 0, Path, Sum);
        false -> problem(Path, <<"list">>, Term, Sum)
    end;
check({one_of, Shapes}, Term, Path, Sum) ->
    case lists:any(fun(Shape) -> element(2, check(Shape, Term)) =:= 0 end, Shapes) of
        true -> Sum;
        false -> problem(Path, expected({one_of, Shapes}), Term, Sum)
    end;
check({value, Value}, Value, _, Sum) ->
    Sum;
check(Shape, Term, Path, Sum) ->
    problem(Path, expected(Shape), Term, Sum).

%% A key of a shape that came as JSON is a text where the state may have an atom.
key(Key, {Need, Shape}, Term, Path, Sum) ->
    case try {ok, whitebeam_state_path:get([Key], Term)} catch throw:_ -> missing end of
        {ok, Value} -> check(Shape, Value, [Key | Path], Sum);
        missing when Need =:= optional -> Sum;
        missing -> add(lists:reverse([Key | Path]), expected(Shape), <<"nothing">>, Sum)
    end.

each([], _, _, Sum) -> Sum;
each([{Shape, Term} | Rest], N, Path, Sum) -> each(Rest, N + 1, Path, check(Shape, Term, [N | Path], Sum)).

problem(Path, Expected, Term, Sum) ->
    add(lists:reverse(Path), Expected, whitebeam_state_shape:form(Term), Sum).

add(Path, Expected, Found, {Problems, Total}) when Total < ?MOST ->
    {[{Path, Expected, Found} | Problems], Total + 1};
add(_, _, _, {Problems, Total}) ->
    {Problems, Total + 1}.

%% A shape in words.
expected({name, Name}) -> atom_to_binary(Name);
expected({map, _}) -> <<"map">>;
expected({struct, Module, _}) -> whitebeam_state_shape:form(#{'__struct__' => Module});
expected({tuple, [{value, Tag} | _] = Shapes}) when is_atom(Tag) ->
    <<"tuple ", (atom_to_binary(Tag))/binary, " of ", (integer_to_binary(length(Shapes)))/binary>>;
expected({tuple, Shapes}) -> <<"tuple of ", (integer_to_binary(length(Shapes)))/binary>>;
expected({list, _}) -> <<"list">>;
expected({one_of, Shapes}) -> iolist_to_binary(lists:join(" or ", [expected(One) || One <- Shapes]));
expected({value, Value}) -> unicode:characters_to_binary(io_lib:format("~0tP", [Value, 12])).

is(any, _) -> true;
is(map, Term) -> is_map(Term);
is(struct, Term) -> is_map(Term) andalso is_map_key('__struct__', Term);
is(list, Term) -> is_list(Term) andalso try length(Term) >= 0 catch error:badarg -> false end;
is(keyword, Term) -> is(list, Term) andalso lists:all(fun({Key, _}) -> is_atom(Key); (_) -> false end, Term);
is(tuple, Term) -> is_tuple(Term);
is(binary, Term) -> is_binary(Term);
is(string, Term) -> is_binary(Term) andalso is_list(unicode:characters_to_list(Term));
is(bitstring, Term) -> is_bitstring(Term);
is(atom, Term) -> is_atom(Term);
is(boolean, Term) -> is_boolean(Term);
is(integer, Term) -> is_integer(Term);
is(float, Term) -> is_float(Term);
is(number, Term) -> is_number(Term);
is(pid, Term) -> is_pid(Term);
is(port, Term) -> is_port(Term);
is(reference, Term) -> is_reference(Term);
is(function, Term) -> is_function(Term).
