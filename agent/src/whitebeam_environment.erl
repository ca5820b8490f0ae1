%% Operations on the environment of applications: single keys. What is secret in it is hidden by the daemon.
-module(whitebeam_environment).

-export([handler/1]).

%% Words of a value that leaves the node, and of all values of one answer.
-define(VALUE, 50000).
-define(VALUES, 500000).
-define(SET_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_application_env) -> fun get_one/1;
handler(get_all_application_env) -> fun get_all/1;
handler(set_application_env) -> fun set/1;
handler(unset_application_env) -> fun unset/1;
handler(_) -> undefined.

get_one(Arguments) ->
    {Name, Key} = meant(Arguments),
    case application:get_env(Name, Key) of
        {ok, Value} -> {ok, (shown(Value))#{application => Name, key => Key, set => true}};
        undefined -> {ok, #{application => Name, key => Key, set => false, value => undefined}}
    end.

meant(Arguments) ->
    Name = whitebeam_application:name(Arguments),
    application:get_key(Name, vsn) =/= undefined orelse application:get_all_env(Name) =/= [] orelse
        whitebeam_application:loaded(Arguments),
    {Name, key(Arguments)}.

key(#{key := Given}) -> whitebeam_arguments:atom(Given);
key(_) -> whitebeam_arguments:fail(invalid, <<"key is needed">>, #{field => <<"key">>}).

%% A value that is too large is only measured.
shown(Value) ->
    case erts_debug:flat_size(Value) of
        Words when Words > ?VALUE -> #{value => undefined, too_large => true, words => Words};
        _ -> #{value => {'$term', Value}, too_large => false}
    end.

get_all(Arguments) ->
    Name = whitebeam_application:name(Arguments),
    All = lists:sort(application:get_all_env(Name)),
    All =/= [] orelse whitebeam_application:loaded(Arguments),
    {Rows, _} = lists:mapfoldl(fun row/2, 0, All),
    {ok, #{application => Name, total => length(All), environment => Rows}}.

row({Key, Value}, Words) ->
    case Words + erts_debug:flat_size(Value) of
        Sum when Sum > ?VALUES -> {#{key => Key, value => undefined, too_large => true}, Words};
        Sum -> {(shown(Value))#{key => Key}, Sum}
    end.

%% With `persistent` the value outlives that the application is loaded again. An application reads its
%% environment when it wants to, many only when they start.
set(#{value := Given} = Arguments) ->
    {Name, Key} = changeable(Arguments),
    Value = whitebeam_arguments:term(Given),
    Answer = before(Name, Key, Arguments),
    case Arguments of
        #{dry_run := true} ->
            {ok, maps:merge(Answer, (shown(Value))#{dry_run => true})};
        _ ->
            ok = done(fun() -> application:set_env(Name, Key, Value, options(Arguments)) end),
            {ok, Now} = application:get_env(Name, Key),
            {ok, maps:merge(Answer, (shown(Now))#{set => Now =:= Value})}
    end;
set(_) ->
    whitebeam_arguments:fail(invalid, <<"value is needed">>, #{field => <<"value">>}).

unset(Arguments) ->
    {Name, Key} = changeable(Arguments),
    Answer = before(Name, Key, Arguments),
    maps:get(was_set, Answer) orelse
        whitebeam_arguments:fail(not_found, <<"the application has no such key">>, #{field => <<"key">>}),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            ok = done(fun() -> application:unset_env(Name, Key, options(Arguments)) end),
            {ok, Answer#{set => application:get_env(Name, Key) =/= undefined}}
    end.

%% The kernel takes much of its environment only when it starts, and some at once.
changeable(Arguments) ->
    case {whitebeam_application:name(Arguments), maps:get(force, Arguments, false)} of
        {Name, false} when Name =:= kernel; Name =:= stdlib ->
            whitebeam_arguments:fail(protected, <<"it belongs to the runtime system">>);
        {Name, _} ->
            {Name, key(Arguments)}
    end.

before(Name, Key, Arguments) ->
    Answer = #{
        application => Name,
        key => Key,
        loaded => application:get_key(Name, vsn) =/= undefined,
        persistent => maps:get(persistent, Arguments, false)
    },
    case application:get_env(Name, Key) of
        {ok, Old} -> Answer#{was_set => true, previous => maps:get(value, shown(Old))};
        undefined -> Answer#{was_set => false, previous => undefined}
    end.

options(Arguments) ->
    [{persistent, maps:get(persistent, Arguments, false)}, {timeout, ?SET_MS}].

done(Change) ->
    try
        Change()
    catch
        exit:_ -> whitebeam_arguments:fail(busy, <<"the application controller did not answer in time">>)
    end.
