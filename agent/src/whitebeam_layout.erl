%% How supervisors keep what they know: pure functions over their states, which run inside them.
%%
%% Forms: `static`, children with ids in an order; `simple`, simple_one_for_one; `dynamic`, Elixir's
%% DynamicSupervisor, which Task.Supervisor is too; `unknown`. Each is told by the shape of the whole
%% state, never by a version alone, and only a shape that is fully known is ever changed: #state{} of
%% OTP 24 to 29 and Elixir's struct. RabbitMQ's supervisor2 is read and not changed.
%%
%% A child is a map: id, pid (a pid, `restarting` or `undefined`), start {M, F, A}, restart,
%% significant, shutdown, type, modules, and for asking the supervisor: dynamic, whether it has no
%% specification of its own, and key, its id or else its pid.
-module(whitebeam_layout).

-export([form/1, is_known/1, flags/1, with_flags/2, module/1, total/1]).
-export([page/3, find/2, template/1, put_child/3, as_simple/1, extra/1, max_children/1]).

-define(STRATEGIES, [one_for_one, one_for_all, rest_for_one, simple_one_for_one]).
-define(AUTO, [never, any_significant, all_significant]).
%% Ids that are compared as text; beyond that only as terms.
-define(TEXTS, 2000).

-spec form(term()) -> static | simple | dynamic | unknown.
form(#{'__struct__' := 'Elixir.DynamicSupervisor'} = State) ->
    case State of
        #{children := Children, max_restarts := Most, max_seconds := Seconds, restarts := Restarts} when
            is_map(Children), is_integer(Most), is_integer(Seconds), is_list(Restarts)
        ->
            dynamic;
        _ ->
            unknown
    end;
form(State) when element(1, State) =:= state, tuple_size(State) >= 11, is_integer(element(6, State)) ->
    Restarts = element(8, State),
    case {element(3, State), element(4, State), element(5, State)} of
        {simple_one_for_one, {[_], Map}, {_, Db}} when is_map(Map), is_map(Db) -> simple;
        {simple_one_for_one, _, _} -> unknown;
        {_, {Ids, Map}, _} when is_list(Ids), is_map(Map), is_list(Restarts) -> static;
        _ -> unknown
    end;
form(_) ->
    unknown.

%% Whether the whole state is understood, so that it can be changed.
-spec is_known(term()) -> boolean().
is_known(State) ->
    case form(State) of
        unknown -> false;
        dynamic -> lists:member(maps:get(strategy, State, undefined), ?STRATEGIES);
        _ -> auto_position(State) =/= none andalso are_children(State) andalso
            lists:member(element(3, State), ?STRATEGIES)
    end.

are_children(State) ->
    {_, Map} = element(4, State),
    case maps:next(maps:iterator(Map)) of
        {_, Child, _} -> tuple_size(Child) =:= 9 andalso element(1, Child) =:= child;
        none -> true
    end.

%% Where auto_shutdown is, which later releases have moved: after the number of restarting children.
auto_position(State) ->
    Positions = [N || N <- lists:seq(10, tuple_size(State) - 2), lists:member(element(N, State), ?AUTO)],
    case Positions of
        [N] when is_integer(element(N - 1, State)), is_atom(element(tuple_size(State) - 1, State)) -> N;
        _ -> none
    end.

%% strategy, intensity, period, auto_shutdown, used (restarts within the period), oldest (age of the
%% oldest of these in seconds, or undefined).
-spec flags(term()) -> map().
flags(State) ->
    {_, Module, {Strategy, Intensity, Period, Used, Oldest, Auto}, Counts} =
        whitebeam_inside:summary(State, supervisor),
    #{
        module => Module,
        strategy => Strategy,
        intensity => Intensity,
        period => Period,
        used => Used,
        oldest => Oldest,
        auto_shutdown => Auto,
        counts => Counts
    }.

%% The state with other flags: any of strategy, intensity, period, auto_shutdown.
-spec with_flags(term(), map()) -> term().
with_flags(State, Flags) when is_map(State) ->
    Keys = #{strategy => strategy, intensity => max_restarts, period => max_seconds},
    maps:fold(fun(Flag, Value, S) -> S#{map_get(Flag, Keys) := Value} end, State, Flags);
with_flags(State, Flags) ->
    maps:fold(fun(Flag, Value, S) -> setelement(position(Flag, S), S, Value) end, State, Flags).

position(strategy, _) -> 3;
position(intensity, _) -> 6;
position(period, _) -> 7;
position(auto_shutdown, State) -> auto_position(State).

-spec module(term()) -> module() | undefined.
module(#{mod := Module}) -> Module;
module(State) when is_tuple(State) -> element(tuple_size(State) - 1, State);
module(_) -> undefined.

%% Arguments that a DynamicSupervisor puts before those of a child, and how many children it takes.
-spec extra(term()) -> [term()].
extra(#{extra_arguments := Extra}) -> Extra;
extra(_) -> [].

-spec max_children(term()) -> non_neg_integer() | infinity.
max_children(#{max_children := Most}) -> Most;
max_children(_) -> infinity.

%% The number of children, dead ones that are kept included.
-spec total(term()) -> non_neg_integer().
total(State) ->
    case form(State) of
        static -> map_size(element(2, element(4, State)));
        simple -> map_size(element(2, element(5, State)));
        dynamic -> map_size(map_get(children, State))
    end.

%% ---- children ---------------------------------------------------------------------------------

%% Children From to From + Count - 1, counted from 0: static ones in start order. Cost: a step for each
%% child before them.
-spec page(term(), non_neg_integer(), non_neg_integer()) -> [map()].
page(State, From, Count) ->
    case form(State) of
        static ->
            {Ids, Map} = element(4, State),
            [as_map(map_get(Id, Map)) || Id <- part(lists:reverse(Ids), From, Count)];
        simple ->
            {_, Db} = element(5, State),
            [simple_child(State, Key) || Key <- part(maps:keys(Db), From, Count)];
        dynamic ->
            Children = map_get(children, State),
            [dynamic_child(Key, map_get(Key, Children)) || Key <- part(maps:keys(Children), From, Count)]
    end.

part(List, From, Count) when From < length(List) ->
    lists:sublist(List, From + 1, Count);
part(_, _, _) ->
    [].

%% The first child that one of Wanted names: {id, Id}, {pid, Pid}, {text, Text of the id}.
-spec find(term(), [{id | pid | text, term()}]) -> {ok, map()} | none.
find(_, []) ->
    none;
find(State, [Wanted | More]) ->
    case one(form(State), State, Wanted) of
        none -> find(State, More);
        Child -> {ok, Child}
    end.

one(static, State, {id, Id}) ->
    {_, Map} = element(4, State),
    case Map of
        #{Id := Child} -> as_map(Child);
        _ -> none
    end;
one(static, State, {pid, Pid}) ->
    {_, Map} = element(4, State),
    first([as_map(Child) || Child <- maps:values(Map), element(2, Child) =:= Pid]);
one(static, State, {text, Text}) ->
    {Ids, Map} = element(4, State),
    first([as_map(map_get(Id, Map)) || Id <- lists:sublist(Ids, ?TEXTS), lists:member(Text, texts(Id))]);
one(simple, State, {pid, Pid}) ->
    {_, Db} = element(5, State),
    case is_map_key(Pid, Db) of
        true -> simple_child(State, Pid);
        false -> none
    end;
one(dynamic, #{children := Children}, {pid, Pid}) ->
    case Children of
        #{Pid := Child} -> dynamic_child(Pid, Child);
        _ -> none
    end;
one(_, _, _) ->
    none.

first([Child | _]) -> Child;
first([]) -> none.

%% What is neither atom nor text, as Erlang and as Elixir write it.
texts(Id) when is_atom(Id); is_binary(Id); is_integer(Id) ->
    [];
texts(Id) ->
    case erts_debug:flat_size(Id) > 100 of
        true -> [];
        false -> [unicode:characters_to_binary(Text) || Text <- [io_lib:format("~0tp", [Id]), inspected(Id)]]
    end.

%% The terms that ids are usually made of, as inspect/2 has them.
inspected(Tuple) when is_tuple(Tuple) -> [${, listed(tuple_to_list(Tuple)), $}];
inspected([First | _] = List) when not is_integer(First), length(List) > 0 -> [$[, listed(List), $]];
inspected(Atom) when is_atom(Atom) -> atom_text(atom_to_list(Atom));
inspected(Text) when is_binary(Text) -> [$", Text, $"];
inspected(Pid) when is_pid(Pid) -> ["#PID", pid_to_list(Pid)];
inspected(Other) -> io_lib:format("~0tp", [Other]).

listed(List) ->
    lists:join(", ", [inspected(One) || One <- List]).

atom_text("Elixir." ++ Alias) -> Alias;
atom_text(Name) when Name =:= "true"; Name =:= "false"; Name =:= "nil" -> Name;
atom_text(Name) -> [$:, Name].

as_map({child, Pid, Id, Start, Restart, Significant, Shutdown, Type, Modules}) ->
    (as_map({child, Pid, Id, Start, Restart, Shutdown, Type, Modules}))#{significant => Significant};
as_map({child, Pid, Id, Start, Restart, Shutdown, Type, Modules}) ->
    #{
        id => Id,
        key => Id,
        dynamic => false,
        pid => pid(Pid),
        start => Start,
        restart => restart(Restart),
        significant => false,
        shutdown => Shutdown,
        type => Type,
        modules => Modules
    }.

%% supervisor2 has a delay beside the type.
restart({Type, _Delay}) -> Type;
restart(Type) -> Type.

pid(Pid) when is_pid(Pid) -> Pid;
pid({restarting, _}) -> restarting;
pid(_) -> undefined.

%% The child that all children of simple_one_for_one are made from.
-spec template(term()) -> map().
template(State) ->
    {[Id], Map} = element(4, State),
    as_map(map_get(Id, Map)).

%% All children of simple_one_for_one share one spec; the database has their whole arguments, unless they
%% are temporary.
simple_child(State, Key) ->
    {_, Db} = element(5, State),
    #{start := {M, F, _}} = Child = template(State),
    Args =
        case {Child, Db} of
            {#{restart := temporary}, _} -> undefined;
            {_, #{Key := Given}} when is_list(Given) -> Given;
            _ -> undefined
        end,
    Child#{id := undefined, key := process(Key), dynamic := true, pid := pid(Key), start := {M, F, Args}}.

process({restarting, Pid}) -> Pid;
process(Pid) -> Pid.

dynamic_child(Pid, {restarting, Child}) ->
    (dynamic_child(Pid, Child))#{pid := restarting};
dynamic_child(Pid, {Start, Restart, Shutdown, Type, Modules}) ->
    #{
        id => undefined,
        key => Pid,
        dynamic => true,
        pid => Pid,
        start => Start,
        restart => Restart,
        significant => false,
        shutdown => Shutdown,
        type => Type,
        modules => Modules
    }.

%% ---- changes ----------------------------------------------------------------------------------

%% The state with the spec of a child replaced; its process and its place stay. Found is what find/2
%% answered, Spec a whole child specification. Not for `simple`.
-spec put_child(term(), map(), map()) -> term().
put_child(#{children := Children} = State, #{pid := Pid}, Spec) when is_pid(Pid) ->
    #{restart := Restart, shutdown := Shutdown, type := Type, modules := Modules} = Spec,
    State#{children := Children#{Pid := {kept_start(Spec), Restart, Shutdown, Type, Modules}}};
put_child(State, #{id := Id}, Spec) when is_tuple(State) ->
    #{restart := Restart, shutdown := Shutdown, type := Type, modules := Modules} = Spec,
    {Ids, Map} = element(4, State),
    #{Id := {child, Pid, _, _, _, _, _, _, _}} = Map,
    Significant = maps:get(significant, Spec, false),
    Child = {child, Pid, Id, kept_start(Spec), Restart, Significant, Shutdown, Type, Modules},
    setelement(4, State, {Ids, Map#{Id := Child}}).

%% Supervisors do not keep the arguments of temporary children.
kept_start(#{start := {M, F, _}, restart := temporary}) -> {M, F, undefined};
kept_start(#{start := Start}) -> Start.

%% A static state as simple_one_for_one, its children the same processes. Only where all children run
%% and have the same start function and properties; otherwise a sentence.
-spec as_simple(term()) -> {ok, term()} | {error, binary()}.
as_simple(State) ->
    {Ids, Map} = element(4, State),
    Children = [map_get(Id, Map) || Id <- Ids],
    Shared = lists:usort([shared(Child) || Child <- Children]),
    Running = lists:all(fun(Child) -> is_pid(element(2, Child)) end, Children),
    case {Shared, Running} of
        {[], _} -> {error, <<"it has no child whose start function all others could share">>};
        {[_, _ | _], _} -> {error, <<"its children do not share one start function and the same properties">>};
        {_, false} -> {error, <<"not all of its children run, and a child without a process would be lost">>};
        {[_], true} -> {ok, simple_state(State, Children)}
    end.

shared({child, _, _, {M, F, _}, Restart, Significant, Shutdown, Type, Modules}) ->
    {M, F, Restart, Significant, Shutdown, Type, Modules}.

simple_state(State, [First | _] = Children) ->
    {M, F, _} = element(4, First),
    Id = element(3, First),
    Template = setelement(4, setelement(2, First, undefined), {M, F, []}),
    Dynamics =
        case element(5, First) of
            temporary -> {mapsets, maps:from_list([{element(2, C), []} || C <- Children])};
            _ -> {maps, maps:from_list([{element(2, C), element(3, element(4, C))} || C <- Children])}
        end,
    lists:foldl(fun({N, Value}, S) -> setelement(N, S, Value) end, State, [
        {3, simple_one_for_one},
        {4, {[Id], #{Id => Template}}},
        {5, Dynamics}
    ]).
