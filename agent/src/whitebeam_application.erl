%% Starting, stopping and restarting applications. The runtime ends the whole node when an application that is
%% `permanent` or `transient` cannot be started; so each is started as temporary, and becomes what was asked
%% for when it runs.
-module(whitebeam_application).

-export([handler/1, restartable/2, shown/1, run/2]).
-export([name/1, loaded/1, running/0, started/0, dependents/1, top/1]).

-define(TIMEOUT_MS, 20000).
-define(ASK_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(start_application) -> fun start/1;
handler(stop_application) -> fun stop/1;
handler(restart_application) -> fun restart/1;
handler(_) -> undefined.

%% ---- what runs --------------------------------------------------------------------------------

-spec name(map()) -> atom().
name(#{application := Given}) ->
    whitebeam_arguments:atom(Given);
name(_) ->
    whitebeam_arguments:fail(invalid, <<"application is needed">>, #{field => <<"application">>}).

%% The name of an application that is loaded.
-spec loaded(map()) -> atom().
loaded(Arguments) ->
    Name = name(Arguments),
    case application:get_key(Name, vsn) of
        {ok, _} -> Name;
        undefined -> not_found(<<"no such application is loaded">>)
    end.

-spec not_found(iodata()) -> no_return().
not_found(Text) ->
    whitebeam_arguments:fail(
        not_found, Text, #{field => <<"application">>, closest => <<"list_applications">>}
    ).

%% What the application controller says: {Name, Pid of the master or undefined}, the newest first.
-spec running() -> [{atom(), pid() | undefined}].
running() ->
    [{Name, master(Id)} || {Name, Id} <- told(running)].

master(Pid) when is_pid(Pid) -> Pid;
master(_) -> undefined.

%% {Name, permanent | transient | temporary}, the newest first.
-spec started() -> [{atom(), atom()}].
started() ->
    told(started).

told(Key) ->
    try
        proplists:get_value(Key, application:info(), [])
    catch
        exit:_ -> whitebeam_arguments:fail(busy, <<"the application controller did not answer in time">>)
    end.

is_running(Name) ->
    lists:keymember(Name, 1, running()).

%% Running applications that need this one, directly or through others, the newest first: the order in which
%% they can be stopped.
-spec dependents(atom()) -> [atom()].
dependents(Name) ->
    Needs = [{Other, needs(Other)} || {Other, _} <- running()],
    All = closed([Name], Needs),
    [Other || {Other, _} <- Needs, Other =/= Name, lists:member(Other, All)].

needs(Name) ->
    lists:append([
        case application:get_key(Name, Key) of
            {ok, Names} -> Names;
            undefined -> []
        end
     || Key <- [applications, included_applications]
    ]).

closed(Names, Needs) ->
    More = [Other || {Other, Of} <- Needs, not lists:member(Other, Names), Of -- Names =/= Of],
    case More of
        [] -> Names;
        _ -> closed(More ++ Names, Needs)
    end.

%% The top supervisor of a running application.
-spec top(atom()) -> pid() | undefined.
top(Name) ->
    {ok, Rows} = whitebeam_system:applications([]),
    case lists:keyfind(Name, 1, Rows) of
        {_, _, _, _, Top} -> Top;
        false -> undefined
    end.

%% ---- start ------------------------------------------------------------------------------------

start(Arguments) ->
    Name = name(Arguments),
    Type = type(maps:get(type, Arguments, temporary)),
    Ensure = maps:get(ensure_all_started, Arguments, false),
    is_running(Name) andalso whitebeam_arguments:fail(conflict, <<"the application is running">>),
    Missing = missing([Name], []),
    Needed = Missing -- [Name],
    Ensure orelse Needed =:= [] orelse
        whitebeam_arguments:fail(
            refused, <<"applications that it needs are not running; ensure_all_started starts them too">>,
            #{needs => texts(Needed), field => <<"ensure_all_started">>}
        ),
    case Arguments of
        #{dry_run := true} ->
            {ok, #{application => Name, type => Type, starts => Missing, dry_run => true}};
        _ ->
            Started = start_all(Name, Type, Ensure, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)),
            {ok, (state(Name))#{started => Started}}
    end.

type(Type) when Type =:= temporary; Type =:= transient; Type =:= permanent -> Type;
type(_) ->
    whitebeam_arguments:fail(invalid, <<"it is temporary, transient or permanent">>, #{field => <<"type">>}).

texts(Names) ->
    [atom_to_binary(Name, utf8) || Name <- Names].

%% What has to be started for these, in order; read from the .app files of those that are not loaded.
missing([], Found) ->
    Found;
missing([Name | Names], Found) ->
    case lists:member(Name, Found) orelse is_running(Name) of
        true -> missing(Names, Found);
        false -> missing(Names, missing(needed(Name), Found) ++ [Name])
    end.

needed(Name) ->
    case application:get_key(Name, applications) of
        {ok, Names} -> Names -- optional(Name);
        undefined -> needed_by_file(Name)
    end.

optional(Name) ->
    case application:get_key(Name, optional_applications) of
        {ok, Names} -> Names;
        undefined -> []
    end.

needed_by_file(Name) ->
    File = code:where_is_file(atom_to_list(Name) ++ ".app"),
    case File =/= non_existing andalso file:consult(File) of
        {ok, [{application, Name, Keys}]} ->
            proplists:get_value(applications, Keys, []) -- proplists:get_value(optional_applications, Keys, []);
        _ ->
            not_found(io_lib:format("the node has no application ~ts", [Name]))
    end.

%% The applications that were started.
start_all(Name, Type, Ensure, TimeoutMs) ->
    Result = whitebeam_bounded:run(
        fun() ->
            case Ensure of
                true -> application:ensure_all_started(Name, temporary);
                false -> application:start(Name, temporary)
            end
        end,
        TimeoutMs
    ),
    case Result of
        ok -> typed([Name], Type);
        {ok, Names} -> typed(Names, Type);
        {error, {already_started, _}} -> whitebeam_arguments:fail(conflict, <<"the application is running">>);
        {error, Reason} ->
            whitebeam_arguments:fail(crashed, ["it could not be started: ", whitebeam_reason:text(Reason)])
    end.

typed(Names, temporary) ->
    Names;
typed(Names, Type) ->
    lists:foreach(fun(Name) -> become(Name, Type) end, Names),
    Names.

%% Changes how a running application is to be treated when it ends, in the state of the application controller:
%% in its only list of {Name, Type}. The caller reads back what came of it.
become(Name, Type) ->
    whitebeam_sys:inside(
        whereis(application_controller),
        fun(State) ->
            case [N || N <- lists:seq(2, tuple_size(State)), is_types(element(N, State), Name)] of
                [N] ->
                    Types = lists:keystore(Name, 1, element(N, State), {Name, Type}),
                    {replace, setelement(N, State, Types), ok};
                _ -> {answer, unknown}
            end
        end,
        ?ASK_MS
    ).

is_types(List, Name) when is_list(List) ->
    lists:member({Name, temporary}, List) andalso
        lists:all(fun(One) -> is_tuple(One) andalso tuple_size(One) =:= 2 end, List);
is_types(_, _) ->
    false.

%% ---- stop -------------------------------------------------------------------------------------

stop(Arguments) ->
    Name = loaded(Arguments),
    ok = may_stop(Name, Arguments),
    Top = top(Name),
    Family = whitebeam_lineage:family(Top),
    Dependents = dependents(Name),
    case Arguments of
        #{dry_run := true} ->
            {ok, (state(Name))#{ends => Family, dependents => Dependents, dry_run => true}};
        _ ->
            ok = stopped(Name, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)),
            Left = [Pid || #{pid := Pid} <- maps:get(processes, Family), is_process_alive(Pid)],
            {ok, (state(Name))#{ends => Family, dependents => Dependents, still_alive => Left}}
    end.

%% Throws unless the application runs and may be stopped.
may_stop(Name, _) when Name =:= kernel; Name =:= stdlib ->
    whitebeam_arguments:fail(protected, <<"the node cannot do without it">>);
may_stop(Name, Arguments) ->
    is_running(Name) orelse whitebeam_arguments:fail(
        refused, <<"the application is not running">>, #{closest => <<"start_application">>}
    ),
    Dependents = dependents(Name),
    Allowed = maps:get(force, Arguments, false) orelse maps:get(dependents, Arguments, false),
    Allowed orelse Dependents =:= [] orelse
        whitebeam_arguments:fail(
            refused, <<"running applications need it; they are left without it with force">>,
            #{needed_by => texts(Dependents), field => <<"force">>}
        ),
    ok.

stopped(Name, TimeoutMs) ->
    case whitebeam_bounded:run(fun() -> application:stop(Name) end, TimeoutMs) of
        ok -> ok;
        {error, Reason} ->
            whitebeam_arguments:fail(crashed, ["it could not be stopped: ", whitebeam_reason:text(Reason)])
    end.

%% What the application controller says of it now.
state(Name) ->
    #{
        application => Name,
        running => is_running(Name),
        type => proplists:get_value(Name, started()),
        top => top(Name)
    }.

%% ---- restart ----------------------------------------------------------------------------------

restart(Arguments) ->
    Plan = restartable(loaded(Arguments), Arguments),
    case Arguments of
        #{dry_run := true} ->
            {ok, (shown(Plan))#{dry_run => true, ends => whitebeam_lineage:family(maps:get(top, Plan))}};
        _ -> {ok, run(Plan, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS))}
    end.

%% What restarting it means; with `dependents` those that need it are stopped before and started after it.
-spec restartable(atom(), map()) -> map().
restartable(Name, Arguments) ->
    ok = may_stop(Name, Arguments),
    Dependents = dependents(Name),
    With =
        case maps:get(dependents, Arguments, false) of
            true -> Dependents;
            false -> []
        end,
    Types = started(),
    Order = With ++ [Name],
    #{
        application => Name,
        order => Order,
        types => [{One, proplists:get_value(One, Types, temporary)} || One <- Order],
        left => Dependents -- With,
        top => top(Name)
    }.

-spec shown(map()) -> map().
shown(#{application := Name, order := Order, left := Left, top := Top}) ->
    #{
        application => Name, stops => Order, starts => lists:reverse(Order), dependents_left_running => Left,
        top => Top
    }.

%% Stops and starts; answers what came of it. What cannot be started stays down, and is told with what runs.
-spec run(map(), non_neg_integer()) -> map().
run(#{application := Name, order := Order, types := Types, top := Old} = Plan, TimeoutMs) ->
    lists:foreach(fun(One) -> ok = stopped(One, TimeoutMs) end, Order),
    Started = [start_one(One, proplists:get_value(One, Types), TimeoutMs) || One <- lists:reverse(Order)],
    State = #{top := Top} = state(Name),
    maps:merge(shown(Plan), State#{
        old_top => Old, top => Top, started => Started, dependents_left_running => maps:get(left, Plan)
    }).

start_one(Name, Type, TimeoutMs) ->
    try start_all(Name, Type, false, TimeoutMs) of
        _ ->
            #{
                application => Name, running => is_running(Name), type => proplists:get_value(Name, started()),
                error => undefined
            }
    catch
        throw:{error, {_, Text, _}} ->
            #{application => Name, running => false, type => undefined, error => Text}
    end.
