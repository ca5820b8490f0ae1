%% Operations on the flags of a supervisor: strategy, intensity, period, auto_shutdown. They are changed in
%% its state, where the whole form of that is known, read back, and put back if what is read differs. A code
%% change of the supervisor runs its init again and undoes this.
-module(whitebeam_flags).

-export([handler/1, set/2]).

-define(CHANGE_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_supervisor_flags) -> fun get_flags/1;
handler(get_restart_strategy) -> fun get_restart_strategy/1;
handler(set_supervisor_flags) -> fun(Arguments) -> change(Arguments, flags(Arguments)) end;
handler(change_supervisor_intensity) -> fun(Arguments) -> change_one(intensity, Arguments) end;
handler(change_supervisor_period) -> fun(Arguments) -> change_one(period, Arguments) end;
handler(change_supervisor_strategy) -> fun change_strategy/1;
handler(convert_to_one_for_one) -> fun(Arguments) -> change_strategy(Arguments#{strategy => one_for_one}) end;
handler(convert_to_one_for_all) -> fun(Arguments) -> change_strategy(Arguments#{strategy => one_for_all}) end;
handler(convert_to_rest_for_one) -> fun(Arguments) -> change_strategy(Arguments#{strategy => rest_for_one}) end;
handler(convert_to_simple_one_for_one) -> fun convert_to_simple/1;
handler(_) -> undefined.

get_flags(Arguments) ->
    Pid = whitebeam_supervising:supervisor(Arguments),
    {ok, (shown(whitebeam_supervising:view(Pid)))#{supervisor => Pid}}.

%% Names of the seed beside those of OTP.
shown(#{strategy := Strategy, auto_shutdown := Auto, module := Module, known := Known} = View) ->
    (whitebeam_supervising:budget(View))#{
        strategy => Strategy,
        auto_shutdown => Auto,
        module => Module,
        changeable => Known,
        max_children => limit(maps:get(max_children, View))
    }.

limit(infinity) -> undefined;
limit(Most) -> Most.

get_restart_strategy(Arguments) ->
    Pid = whitebeam_supervising:supervisor(Arguments),
    #{strategy := Strategy, form := Form, total := Total} = View = whitebeam_supervising:view(Pid),
    {ok, (shown(View))#{
        supervisor => Pid, children => Total, dynamic => Form =/= static, meaning => meaning(Strategy)
    }}.

meaning(one_for_one) ->
    <<"a child that ends is restarted alone">>;
meaning(one_for_all) ->
    <<"when a child is to be restarted, all others are ended first, last started first, and all start again in order">>;
meaning(rest_for_one) ->
    <<"when a child is to be restarted, those started after it are ended first, and it and they start again in order">>;
meaning(simple_one_for_one) ->
    <<"a child that ends is restarted alone; all children come from one specification">>.

%% ---- changes ----------------------------------------------------------------------------------

%% The arguments that are flags, max_restarts and max_seconds as the seed calls two of them.
flags(Arguments) ->
    Names = [
        {strategy, strategy}, {intensity, intensity}, {max_restarts, intensity},
        {period, period}, {max_seconds, period}, {auto_shutdown, auto_shutdown}
    ],
    maps:from_list([{Flag, map_get(Name, Arguments)} || {Name, Flag} <- Names, is_map_key(Name, Arguments)]).

change_one(Flag, Arguments) ->
    change(Arguments, maps:with([Flag], flags(Arguments))).

change(_, Flags) when map_size(Flags) =:= 0 ->
    whitebeam_arguments:fail(invalid, <<"there is nothing to change">>, #{field => <<"intensity">>});
change(Arguments, Flags) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    View = whitebeam_supervising:view(Pid),
    ok = allowed(Flags, View),
    case Arguments of
        #{dry_run := true} ->
            {ok, changed(Pid, View, maps:merge(View, Flags), true)};
        _ ->
            {ok, changed(Pid, View, set(Pid, Flags), false)}
    end.

changed(Pid, Before, After, DryRun) ->
    #{
        supervisor => Pid,
        before => maps:with([strategy, intensity, period, auto_shutdown], Before),
        'after' => maps:with([strategy, intensity, period, auto_shutdown], After),
        budget => whitebeam_supervising:budget(After),
        dry_run => DryRun,
        note => <<"a code change of the supervisor runs its init again and undoes this">>
    }.

%% Values first, then what this supervisor can be.
allowed(Flags, View) ->
    [valid(Flag, Value) || {Flag, Value} <- maps:to_list(Flags)],
    maps:get(known, View) orelse
        whitebeam_arguments:fail(
            unsupported, <<"the form of its state is not known well enough to change it">>
        ),
    maps:foreach(fun(Flag, Value) -> suits(Flag, Value, View) end, Flags).

valid(strategy, one_for_one) -> ok;
valid(strategy, one_for_all) -> ok;
valid(strategy, rest_for_one) -> ok;
valid(strategy, simple_one_for_one) -> ok;
valid(intensity, Value) when is_integer(Value), Value >= 0 -> ok;
valid(period, Value) when is_integer(Value), Value > 0 -> ok;
valid(auto_shutdown, Value) when Value =:= never; Value =:= any_significant; Value =:= all_significant -> ok;
valid(Flag, _) ->
    whitebeam_arguments:fail(
        invalid, <<"it has not the range of this flag">>, #{field => atom_to_binary(Flag, utf8)}
    ).

suits(strategy, Same, #{strategy := Same}) ->
    ok;
suits(strategy, _, #{form := dynamic}) ->
    refuse(<<"a DynamicSupervisor restarts each child alone and knows no other strategy">>);
suits(strategy, _, #{form := simple}) ->
    refuse(<<"its children have neither ids nor an order, which other strategies need">>);
suits(strategy, simple_one_for_one, _) ->
    refuse_simple();
suits(auto_shutdown, Value, #{form := dynamic}) when Value =/= never ->
    whitebeam_arguments:fail(
        refused, <<"a DynamicSupervisor knows no auto_shutdown">>, #{field => <<"auto_shutdown">>}
    );
suits(_, _, _) ->
    ok.

-spec refuse(binary()) -> no_return().
refuse(Text) ->
    whitebeam_arguments:fail(refused, Text, #{field => <<"strategy">>, closest => <<"start_supervisor">>}).

-spec refuse_simple() -> no_return().
refuse_simple() ->
    refuse(<<
        "simple_one_for_one keeps children in another form, without ids; a simple_one_for_one supervisor "
        "beside this one can take them over one by one"
    >>).

%% Sets flags that were checked, and answers what the supervisor has then. Puts the old ones back and throws
%% `conflict` if that is not what was set.
-spec set(pid(), map()) -> map().
set(Pid, Flags) ->
    Old = whitebeam_sys:inside(Pid, setter(Flags), ?CHANGE_MS),
    After = whitebeam_supervising:view(Pid),
    case maps:with(maps:keys(Flags), After) of
        Flags ->
            After;
        Other ->
            _ = whitebeam_sys:inside(Pid, setter(Old), ?CHANGE_MS),
            Why = "the supervisor shows other flags than were set, so they were put back: ~0tp",
            whitebeam_arguments:fail(conflict, io_lib:format(Why, [Other]))
    end.

%% Runs inside the supervisor; answers what the flags were.
setter(Flags) ->
    fun(State) ->
        case whitebeam_layout:is_known(State) of
            true ->
                Old = maps:with(maps:keys(Flags), whitebeam_layout:flags(State)),
                {replace, whitebeam_layout:with_flags(State, maps:without(same(Old, Flags), Flags)), Old};
            false ->
                {answer, #{}}
        end
    end.

same(Old, New) ->
    [Key || {Key, Value} <- maps:to_list(New), Old =:= #{} orelse map_get(Key, Old) =:= Value].

%% ---- strategies -------------------------------------------------------------------------------

%% With `restart` all children are started again then: the supervisor itself stays, since its init would bring
%% the old strategy back.
change_strategy(#{strategy := simple_one_for_one} = Arguments) ->
    convert_to_simple(Arguments);
change_strategy(#{strategy := Strategy, name := Name} = Arguments) ->
    {ok, Answer} = change(Arguments, #{strategy => Strategy}),
    case Arguments of
        #{restart := true} ->
            Restart =
                maps:merge(
                    #{name => Name, target => children}, maps:with([dry_run, force, timeout_ms], Arguments)
                ),
            {ok, Restarted} = whitebeam_restart:restart(Restart),
            {ok, Answer#{restart => Restarted}};
        _ ->
            {ok, Answer#{restart => undefined}}
    end;
change_strategy(_) ->
    whitebeam_arguments:fail(invalid, <<"a strategy is needed">>, #{field => <<"strategy">>}).

%% In place only with `force`, and only where the children are alike.
convert_to_simple(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    #{form := Form} = View = whitebeam_supervising:view(Pid),
    ok = allowed(#{}, View),
    Force = maps:get(force, Arguments, false),
    if
        Form =:= simple -> {ok, changed(Pid, View, View, maps:get(dry_run, Arguments, false))};
        Form =:= dynamic -> refuse(<<"a DynamicSupervisor is one already in all but name">>);
        not Force -> refuse_simple();
        true -> in_place(Pid, View, maps:get(dry_run, Arguments, false))
    end.

in_place(Pid, View, DryRun) ->
    Result = whitebeam_sys:inside(Pid, fun(State) -> simple_state(State, DryRun) end, ?CHANGE_MS),
    case {Result, DryRun} of
        {{ok, Pids}, true} ->
            {ok, (changed(Pid, View, View#{strategy := simple_one_for_one}, true))#{children => length(Pids)}};
        {{ok, Pids}, false} ->
            After = #{total := Total} = whitebeam_supervising:view(Pid),
            {ok, (changed(Pid, View, After, false))#{children => Total, kept => length(Pids)}};
        {{error, Text}, _} ->
            refuse(Text)
    end.

%% Runs inside the supervisor. The new state is shown to the supervisor's own code first, and taken only if
%% that finds the same processes in it.
simple_state(State, DryRun) ->
    case whitebeam_layout:as_simple(State) of
        {ok, New} ->
            Pids = lists:sort(children_of(State)),
            case catch lists:sort(children_of(New)) of
                Pids when DryRun -> {answer, {ok, Pids}};
                Pids -> {replace, New, {ok, Pids}};
                _ -> {answer, {error, <<"the supervisor would not find its children any more">>}}
            end;
        {error, Text} ->
            {answer, {error, Text}}
    end.

children_of(State) ->
    Reply = supervisor:handle_call(which_children, {self(), make_ref()}, State),
    [Pid || {_, Pid, _, _} <- element(2, Reply)].
