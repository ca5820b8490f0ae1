%% Tests of what is done to states as terms: paths, sizes, differences, shapes and migrations.
-module(operate_state_forms_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).

main() ->
    agent_fixture:run_tests(?MODULE, "forms of states").

%% ---- paths ------------------------------------------------------------------------------------

-define(STATE, #{users => [{bob, {user, 7, #{<<"k">> => v}}}, {eve, none}], list => [a, b, c], 1 => one}).

what_is_at_a_path_test() ->
    7 = whitebeam_state_path:get([users, bob, 1], ?STATE),
    v = whitebeam_state_path:get([users, bob, 2, <<"k">>], ?STATE),
    c = whitebeam_state_path:get([list, 2], ?STATE),
    {eve, none} = whitebeam_state_path:get([users, 1], ?STATE),
    one = whitebeam_state_path:get([1], ?STATE),
    none = whitebeam_state_path:get([<<"users">>, <<"eve">>], ?STATE),
    true = whitebeam_state_path:get([], ?STATE) =:= ?STATE.

what_is_not_there_is_named_test() ->
    [
        {error, {not_found, _, #{field := <<"path">>}}} = (catch whitebeam_state_path:get(Path, ?STATE))
     || Path <- [
            [nobody], [list, 3], [list, -1], [users, bob, 3], [users, bob, <<"k">>], [list, a], [1, x], [<<"nobody at all">>]
        ]
    ],
    {error, {not_found, _, _}} = (catch whitebeam_state_path:get([1], [a | b])),
    {error, {not_found, _, _}} = (catch whitebeam_state_path:get([k], [{k, 1} | b])).

a_part_is_put_where_the_path_says_test() ->
    Put = fun(Path, Value) -> whitebeam_state_path:put(Path, Value, false, ?STATE) end,
    8 = whitebeam_state_path:get([users, bob, 1], Put([users, bob, 1], 8)),
    [a, x, c] = whitebeam_state_path:get([list], Put([list, 1], x)),
    [{bob, 1}, {eve, none}] = whitebeam_state_path:get([users], Put([users, bob], 1)),
    [{bob, _}, new] = whitebeam_state_path:get([users], Put([users, 1], new)),
    new = Put([], new),
    {error, {not_found, _, _}} = (catch Put([new], 1)).

keys_are_created_where_there_can_be_some_test() ->
    Create = fun(Path, State) -> whitebeam_state_path:put(Path, 1, true, State) end,
    #{a := #{b := 1}} = Create([a, b], #{a => #{}}),
    [{a, 0}, {b, 1}] = Create([b], [{a, 0}]),
    [{b, 1}] = Create([b], []),
    {error, {refused, _, _}} = (catch Create([b], #{'__struct__' => 'Elixir.X'})),
    {error, {refused, _, _}} = (catch Create([b], [1, 2])),
    {error, {refused, _, _}} = (catch Create([2], {1, 2})),
    {error, {not_found, _, _}} = (catch Create([x, b], #{})).

keys_are_deleted_test() ->
    [a, c] = maps:get(list, whitebeam_state_path:delete([list, 1], ?STATE)),
    [{eve, none}] = maps:get(users, whitebeam_state_path:delete([users, bob], ?STATE)),
    false = is_map_key(list, whitebeam_state_path:delete([list], ?STATE)),
    [{error, {_, _, #{field := <<"path">>}}} = (catch whitebeam_state_path:delete(Path, ?STATE)) || Path <- [[], [x], [list, 9], [users, bob, 0]]],
    {error, {refused, _, _}} = (catch whitebeam_state_path:delete([a], #{'__struct__' => 'Elixir.X', a => 1})).

a_path_is_a_list_of_some_steps_test() ->
    [a, 1] = whitebeam_state_path:check([a, 1]),
    [{error, {invalid, _, _}} = (catch whitebeam_state_path:check(Path)) || Path <- [a, [a | b], lists:seq(1, 65)]].

%% ---- measure and hash -------------------------------------------------------------------------

a_measure_is_near_what_a_copy_needs_test() ->
    [
        begin
            {ok, Bytes} = whitebeam_state_shape:measure(Term, 1 bsl 30),
            Copy = erts_debug:flat_size(Term) * erlang:system_info(wordsize),
            true = Bytes + 64 >= Copy - Copy div 5,
            true = Bytes =< 2 * Copy + 64
        end
     || Term <- [
            lists:seq(1, 1000), list_to_tuple(lists:seq(1, 1000)), #{a => 1, b => [x, y, z]},
            maps:from_list([{N, {N, N}} || N <- lists:seq(1, 100)]), 1 bsl 5000, 1.5,
            [binary:copy(<<"x">>, 50) || _ <- lists:seq(1, 50)]
        ]
    ],
    {ok, Large} = whitebeam_state_shape:measure(binary:copy(<<"x">>, 100000), 1 bsl 30),
    true = Large > 100000,
    Held = binary:copy(<<"x">>, 5000),
    {ok, Fun} = whitebeam_state_shape:measure(fun() -> Held end, 1 bsl 30),
    true = Fun > 5000.

a_measure_stops_at_its_limit_test() ->
    over = whitebeam_state_shape:measure(lists:seq(1, 1000), 1000),
    Shared = lists:foldl(fun(_, Term) -> [Term | Term] end, [], lists:seq(1, 60)),
    over = whitebeam_state_shape:measure(Shared, 1000000),
    Deep = lists:foldl(fun(_, Term) -> {Term} end, leaf, lists:seq(1, 20000)),
    over = whitebeam_state_shape:measure(Deep, 1 bsl 30).

equal_terms_have_equal_hashes_test() ->
    Forwards = maps:from_list([{N, N} || N <- lists:seq(1, 100)]),
    Backwards = lists:foldl(fun(N, Map) -> Map#{N => N} end, #{}, lists:seq(100, 1, -1)),
    true = whitebeam_state_shape:hash(Forwards) =:= whitebeam_state_shape:hash(Backwards),
    false = whitebeam_state_shape:hash(1) =:= whitebeam_state_shape:hash(1.0),
    32 = byte_size(whitebeam_state_shape:hash(x)).

%% ---- forms ------------------------------------------------------------------------------------

forms_are_named_test() ->
    [
        Name = whitebeam_state_shape:form(Term)
     || {Name, Term} <- [
            {<<"map">>, #{}}, {<<"struct A.B">>, #{'__struct__' => 'Elixir.A.B'}}, {<<"struct plain">>, #{'__struct__' => plain}},
            {<<"tuple state of 2">>, {state, 1}}, {<<"tuple of 1">>, {state}}, {<<"tuple of 2">>, {1, 2}}, {<<"list">>, []},
            {<<"binary">>, <<>>}, {<<"bitstring">>, <<1:3>>}, {<<"boolean">>, true}, {<<"atom">>, x}, {<<"integer">>, 1},
            {<<"float">>, 1.0}, {<<"function">>, fun lists:sort/1}, {<<"pid">>, self()}, {<<"reference">>, make_ref()}
        ]
    ].

a_form_is_kept_or_not_test() ->
    [true = whitebeam_state_shape:same_form(A, B) || {A, B} <- [{1, 2}, {{s, 1}, {s, 2}}, {#{a => 1}, #{a => 2}}, {[], [1]}]],
    [false = whitebeam_state_shape:same_form(A, B) || {A, B} <- [{1, a}, {{s, 1}, {t, 1}}, {#{a => 1}, #{b => 1}}, {{s, 1}, {s, 1, 2}}]].

secrets_are_known_by_their_names_test() ->
    [true = whitebeam_state_shape:is_secret(Key) || Key <- [password, 'db_password', <<"apiKey">>, 'API_KEY', accessToken, <<"private-key">>]],
    [false = whitebeam_state_shape:is_secret(Key) || Key <- [name, <<"keys">>, 1, {password}, <<"pass">>, []]].

what_is_bound_to_the_node_is_listed_with_its_path_test() ->
    Pid = self(),
    Ref = make_ref(),
    Fun = fun() -> Pid end,
    {[{[a, 0], <<"pid">>, Pid}, {[b, 1], <<"reference">>, Ref}, {[c], <<"function">>, Fun}], 3} =
        whitebeam_state_shape:bound(#{a => [Pid], b => {x, Ref}, c => Fun, d => fun lists:sort/1}, 10),
    {[_, _], 5} = whitebeam_state_shape:bound([Pid, Pid, Pid, Pid | Pid], 2).

%% ---- differences ------------------------------------------------------------------------------

diff(Old, New) ->
    {Rows, Total} = whitebeam_state_diff:diff(Old, New, 100),
    Total = length(Rows),
    Rows.

equal_states_have_no_differences_test() ->
    [[] = diff(Term, Term) || Term <- [1, [a | b], #{a => #{b => {c}}}, [{a, 1}], <<"x">>]].

differences_are_told_by_path_test() ->
    [{[], changed, 1, 2}] = diff(1, 2),
    [{[a, b, 1], changed, 1, 2}] = diff(#{a => #{b => {x, 1}}}, #{a => #{b => {x, 2}}}),
    [{[a], removed, 1, undefined}, {[b], added, undefined, 2}] = diff(#{a => 1}, #{b => 2}),
    [{[1], changed, b, x}, {[2], removed, c, undefined}] = diff([a, b, c], [a, x]),
    [{[2], added, undefined, c}] = diff([a, b], [a, b, c]),
    [{[k], changed, 1, 2}, {[l], added, undefined, 3}] = diff([{k, 1}], [{k, 2}, {l, 3}]),
    [{[], changed, [{a, 1}, {b, 2}], [{b, 2}, {a, 1}]}] = diff([{a, 1}, {b, 2}], [{b, 2}, {a, 1}]),
    [{[], changed, {a}, {a, b}}] = diff({a}, {a, b}),
    [{[1], changed, b, [b]}] = diff([a | b], [a, b]),
    [{[], changed, [], [a]}] = diff([], [a]),
    [{[], changed, 1, 1.0}] = diff(1, 1.0).

differences_are_counted_beyond_the_limit_test() ->
    {Rows, 1000} = whitebeam_state_diff:diff(lists:seq(1, 1000), lists:seq(2, 1001), 3),
    [{[0], changed, 1, 2}, {[1], _, _, _}, {[2], _, _, _}] = Rows.

%% ---- shapes -----------------------------------------------------------------------------------

%% Checks a state as the operation does; {valid, Problems} or the error.
valid(Shape, State) ->
    {ok, Pid} = gen_server:start(?MODULE, State, []),
    Arguments = #{pid => agent_fixture:argument(Pid), shape => agent_fixture:term(Shape)},
    Result = (catch (whitebeam_state_schema:handler(validate_genserver_state))(Arguments)),
    exit(Pid, kill),
    case Result of
        {ok, #{valid := Valid, problems := Problems}} ->
            {Valid, [{Path, Expected, Found} || #{path := {'$term', Path}, expected := Expected, found := Found} <- Problems]};
        Error -> Error
    end.

init(State) -> {ok, State}.

names_of_types_test() ->
    Types = [
        {map, #{}}, {struct, #{'__struct__' => x}}, {list, [1]}, {keyword, [{a, 1}]}, {tuple, {}}, {binary, <<255>>},
        {string, <<"a">>}, {bitstring, <<1:1>>}, {atom, a}, {boolean, true}, {integer, 1}, {float, 1.0}, {number, 1},
        {pid, self()}, {reference, make_ref()}, {function, fun lists:sort/1}, {any, anything}
    ],
    [{true, []} = valid(Type, State) || {Type, State} <- Types],
    [{true, []} = valid(atom_to_binary(Type), State) || {Type, State} <- Types],
    [
        {false, [{[], _, _}]} = valid(Type, State)
     || {Type, State} <- [
            {map, []}, {struct, #{}}, {list, [a | b]}, {keyword, [{1, 2}]}, {tuple, []}, {string, <<255>>}, {boolean, maybe_not},
            {integer, 1.0}, {port, self()}
        ]
    ].

parts_are_checked_by_their_path_test() ->
    Shape = #{
        id => integer,
        name => {optional, string},
        jobs => {list, {tuple, [integer, {one_of, [atom, string]}]}},
        sub => #{<<"k">> => any},
        rec => {record, job, [integer]},
        mode => {value, on}
    },
    Good = #{id => 1, jobs => [{1, a}, {2, <<"b">>}], sub => #{k => 1}, rec => {job, 1}, mode => on, more => x},
    {true, []} = valid(Shape, Good),
    {false, [{[name], <<"string">>, <<"integer">>}]} = valid(Shape, Good#{name => 1}),
    {false, [{[jobs, 1, 1], <<"atom or string">>, <<"integer">>}]} = valid(Shape, Good#{jobs => [{1, a}, {2, 3}]}),
    {false, [{[id], <<"integer">>, <<"nothing">>}]} = valid(Shape, maps:remove(id, Good)),
    {false, [{[sub, <<"k">>], <<"any">>, <<"nothing">>}]} = valid(Shape, Good#{sub => #{}}),
    {false, [{[rec], <<"tuple job of 2">>, <<"tuple job of 3">>}]} = valid(Shape, Good#{rec => {job, 1, 2}}),
    {false, [{[rec, 0], <<"job">>, <<"atom">>}]} = valid(Shape, Good#{rec => {jib, 1}}),
    {false, [{[mode], <<"on">>, <<"atom">>}]} = valid(Shape, Good#{mode => off}),
    {true, []} = valid({struct, <<"lists">>, #{a => integer}}, #{'__struct__' => lists, a => 1}),
    {false, [{[], <<"struct lists">>, <<"map">>}]} = valid({struct, lists}, #{a => 1}).

what_is_no_shape_is_refused_test() ->
    [
        {error, {invalid, _, #{field := <<"shape">>}}} = valid(Bad, x)
     || Bad <- [nothing, <<"nothing">>, 1, [], {list}, {list, a, b}, {tuple, a}, {one_of, []}, #{a => {optional, nothing}}, {self(), a}]
    ],
    Deep = lists:foldl(fun(_, Shape) -> {list, Shape} end, any, lists:seq(1, 100)),
    {error, {invalid, _, _}} = valid(Deep, []).

%% ---- migrations -------------------------------------------------------------------------------

migrated(Plan, State) ->
    catch whitebeam_state_migration:apply_plan(whitebeam_state_migration:plan(Plan), State).

keys_are_renamed_dropped_and_added_test() ->
    #{b := 1, c := 3} = New = migrated(#{rename => #{a => b}, drop => [x], add => #{c => 3}}, #{a => 1, x => 2}),
    2 = map_size(New),
    [{b, 1}, {c, 3}] = lists:sort(migrated(#{rename => #{a => b}, add => #{c => 3}}, [{a, 1}])),
    #{renamed := 1} = migrated(#{<<"rename">> => #{<<"a">> => <<"renamed">>}}, #{a => 1}),
    #{<<"b">> := 1} = migrated(#{rename => #{<<"a">> => <<"b">>}}, #{<<"a">> => 1}).

what_does_not_fit_is_refused_as_a_whole_test() ->
    {error, {not_found, _, _}} = migrated(#{rename => #{nobody => b}}, #{a => 1}),
    {error, {not_found, _, _}} = migrated(#{drop => [nobody]}, #{a => 1}),
    {error, {conflict, _, _}} = migrated(#{add => #{a => 2}}, #{a => 1}),
    {error, {conflict, _, _}} = migrated(#{rename => #{a => b}}, #{a => 1, b => 2}),
    {error, {refused, _, _}} = migrated(#{drop => [a]}, {a}),
    {error, {refused, _, _}} = migrated(#{add => #{a => 1}}, 5),
    {error, {unknown_atom, _, _}} = migrated(#{rename => #{a => <<"no_atom_of_this_name">>}}, #{a => 1}).

a_record_gets_its_elements_from_the_old_one_test() ->
    {state, c, b, 0} = migrated(#{tuple => [0, 2, 1, {value, 0}]}, {state, b, c}),
    {state, 5} = migrated(#{<<"tuple">> => [0, {<<"value">>, 5}]}, {state, 1}),
    {error, {refused, _, _}} = migrated(#{tuple => [0, 9]}, {state, 1}),
    {error, {refused, _, _}} = migrated(#{tuple => [0]}, #{}).

what_is_no_plan_is_refused_test() ->
    [
        {error, {invalid, _, #{field := <<"mapping">>}}} = (catch whitebeam_state_migration:plan(Plan))
     || Plan <- [
            #{}, [], x, #{rename => [a]}, #{drop => []}, #{drop => #{}}, #{other => 1}, #{tuple => [-1]}, #{tuple => [a]},
            #{tuple => [0], drop => [a]}
        ]
    ].

%% ---- functions --------------------------------------------------------------------------------

a_function_is_read_and_nothing_else_test() ->
    6 = (whitebeam_state_code:parse(<<"fun(N) when is_integer(N) -> N * 2 end.\n">>))(3),
    [1, 2] = (whitebeam_state_code:parse(<<"fun lists:sort/1">>))([2, 1]),
    [
        {error, {invalid, _, #{field := <<"function">>}}} = (catch whitebeam_state_code:parse(Text))
     || Text <- [<<>>, <<"fun">>, <<"x">>, <<"fun() -> 1 end">>, <<"fun a/1">>, <<"fun lists:nth/2">>, <<255>>, <<"$">>,
            <<"(fun(X) -> X end)(fun(Y) -> Y end)">>, <<"fun(X) -> Y end">>, binary:copy(<<" ">>, 20000)]
    ].
