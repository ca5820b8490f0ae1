%% Operations that think about the strategy of a supervisor without touching it: what the end of each child would
%% do, and whether another strategy would suit the children better, with what was seen.
-module(whitebeam_strategy).

-export([handler/1]).

%% Children that are looked at one by one.
-define(CHILDREN, 100).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(test_restart_strategy) -> fun test/1;
handler(optimize_restart_strategy) -> fun optimize/1;
handler(_) -> undefined.

%% ---- what would happen ------------------------------------------------------------------------

%% For the child of child_id, or for each; under `strategy`, or that which the supervisor has; for `reason`:
%% crash, normal or shutdown.
test(Arguments) ->
    Pid = whitebeam_supervising:supervisor(Arguments),
    #{form := Form, total := Total} = View = whitebeam_supervising:view(Pid),
    Strategy = strategy(Form, View, Arguments),
    Children = children(Pid),
    Asked =
        case Arguments of
            #{child_id := _} -> [whitebeam_supervising:child(Pid, Arguments)];
            _ -> Children
        end,
    Reason = maps:get(reason, Arguments, crash),
    Rows = [row(View#{strategy := Strategy}, Children, Child, Reason) || Child <- Asked],
    {ok, #{
        supervisor => Pid, strategy => Strategy, current_strategy => maps:get(strategy, View), reason => Reason,
        budget => whitebeam_supervising:budget(View), predictions => Rows, total => Total,
        left_out => Total - length(Children),
        if_supervisor_ends => whitebeam_lineage:climb(Pid, shutdown)
    }}.

strategy(static, _, #{strategy := Strategy}) when Strategy =/= simple_one_for_one -> Strategy;
strategy(_, #{strategy := Same}, #{strategy := Same}) -> Same;
strategy(_, _, #{strategy := _}) ->
    Text = <<"its children cannot be supervised with this strategy">>,
    whitebeam_arguments:fail(refused, Text, #{field => <<"strategy">>, closest => <<"get_restart_strategy">>});
strategy(_, #{strategy := Strategy}, _) -> Strategy.

children(Pid) ->
    [without_arguments(Child) || Child <- whitebeam_supervising:read(Pid, fun(State) ->
        [maps:without([modules], without_arguments(Child)) || Child <- whitebeam_layout:page(State, 0, ?CHILDREN)]
    end)].

without_arguments(#{start := {M, F, Args}} = Child) ->
    Child#{start := {M, F, is_list(Args) andalso length(Args)}};
without_arguments(Child) ->
    Child.

row(View, Children, #{id := Id, pid := Pid, restart := Restart} = Child, Reason) ->
    (whitebeam_predict:death(View, Children, Child, Reason))#{
        id => whitebeam_supervising:shown_id(Id), pid => whitebeam_supervising:alive_pid(Pid), restart => Restart
    }.

%% ---- what would suit --------------------------------------------------------------------------

%% Rules, each with what was seen; nobody else can know what the children mean to each other.
optimize(Arguments) ->
    Pid = whitebeam_supervising:supervisor(Arguments),
    #{strategy := Strategy, total := Total} = View = whitebeam_supervising:view(Pid),
    Children = children(Pid),
    Ties = ties(Children),
    {Suggested, Confidence, Why} = suggested(View, Children, Ties),
    {ok, #{
        supervisor => Pid, strategy => Strategy, suggested => Suggested, change => Suggested =/= Strategy,
        confidence => Confidence, why => Why, evidence => [tie(Tie) || Tie <- lists:sublist(Ties, 100)],
        advice => advice(View, Children), budget => whitebeam_supervising:budget(View),
        looked_at => length(Children), total => Total
    }}.

%% {linked | monitors, Child, Other}: links once for each pair, in start order.
ties(Children) ->
    Running = [Child || #{pid := Pid} = Child <- Children, is_pid(Pid)],
    By = maps:from_list([{Pid, {N, Child}} || {N, #{pid := Pid} = Child} <- numbered(Running)]),
    lists:append([ties_of(N, Child, By) || {N, Child} <- numbered(Running)]).

numbered(List) ->
    lists:zip(lists:seq(1, length(List)), List).

ties_of(N, #{pid := Pid} = Child, By) ->
    case erlang:process_info(Pid, [links, monitors]) of
        [{links, Links}, {monitors, Monitors}] ->
            [{linked, Child, Other} || Link <- Links, {M, Other} <- among(Link, By), M > N] ++
                [{monitors, Child, Other, M < N}
                 || {process, Who} <- Monitors, {M, Other} <- among(Who, By), M =/= N];
        undefined ->
            []
    end.

among({Name, Node}, By) when Node =:= node() -> among(whereis(Name), By);
among(Pid, By) when is_map_key(Pid, By) -> [map_get(Pid, By)];
among(_, _) -> [].

tie({linked, #{id := A}, #{id := B}}) ->
    #{
        kind => linked, child => whitebeam_supervising:shown_id(A), other => whitebeam_supervising:shown_id(B),
        earlier => false
    };
tie({monitors, #{id := A}, #{id := B}, Earlier}) ->
    #{
        kind => monitors, child => whitebeam_supervising:shown_id(A),
        other => whitebeam_supervising:shown_id(B), earlier => Earlier
    }.

%% Links make children end together whatever the supervisor does; a monitor of an earlier child is what a later
%% one that depends on it has.
suggested(#{form := Form, strategy := Strategy}, _, _) when Form =/= static ->
    {Strategy, high, <<"children that are started on demand are restarted alone">>};
suggested(_, Children, _) when length(Children) < 2 ->
    {one_for_one, high, <<"with fewer than two children all strategies are the same">>};
suggested(_, _, []) ->
    {
        one_for_one, medium,
        <<"no child is linked to another or monitors it, so that each can be restarted alone">>
    };
suggested(_, Children, Ties) ->
    Later = [Tie || {monitors, _, _, false} = Tie <- Ties],
    Linked = length(lists:usort(lists:append([[A, B] || {linked, #{key := A}, #{key := B}} <- Ties]))),
    if
        Linked =:= length(Children) ->
            {one_for_all, high, <<"links join all children: they end together already">>};
        Later =/= [] ->
            {one_for_all, low, <<"children monitor each other against the order of their start">>};
        true ->
            {rest_for_one, medium, <<"later children are tied to earlier ones, and not the other way round">>}
    end.

advice(View, Children) ->
    [Text || {true, Text} <- [
        {maps:get(used, View) >= maps:get(intensity, View) andalso maps:get(intensity, View) > 0,
            <<"all restarts of the period are used: the next crash ends the supervisor">>},
        {maps:get(intensity, View) =:= 0,
            <<"intensity 0 ends the supervisor at the first crash">>},
        {lies_under(View),
            <<"there are more children than restarts: one failure that all of them share ends the supervisor">>},
        {length([1 || #{restart := temporary} <- Children]) =:= length(Children) andalso Children =/= [],
            <<"all children are temporary: nothing is ever restarted">>},
        {alike(View, Children),
            <<"the children share one start function: a dynamic supervisor would start and end them on demand">>}
    ]].

lies_under(#{total := Total, intensity := Intensity}) ->
    Total > Intensity andalso Intensity > 0.

alike(#{form := static}, [_, _, _, _, _ | _] = Children) ->
    length(lists:usort([Start || #{start := Start} <- Children])) =:= 1;
alike(_, _) ->
    false.
