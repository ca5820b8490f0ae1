%% Functions that run inside a supervisor, called by the function that whitebeam_supervisor sends to
%% it. They read its state and change nothing. Each message they send is small, so that a supervisor
%% of 100 000 children needs little memory for it.
%%
%% States known: #state{} of OTP 25 to 29 (12 elements, 16 in 29), RabbitMQ's supervisor2 (11,
%% without auto_shutdown), and Elixir's %DynamicSupervisor{}, which Task.Supervisor uses too.
-module(whitebeam_inside).

-export([summary/2, send_children/3, id/1, module/1]).

%% So many make a message of less than 64 KB.
-define(CHUNK, 1000).
-define(STATIC_CHUNK, 400).

%% {Kind, Module, Flags, Counts} as whitebeam_supervisor describes them. Cost: constant for dynamic
%% children, a step for each static one.
-spec summary(term(), atom()) -> {atom(), module() | undefined, tuple() | unknown, tuple() | unknown}.
summary(State, Kind) when element(1, State) =:= state, tuple_size(State) >= 11 ->
    case State of
        {_, _, Strategy, {_, Map}, Dynamics, Intensity, Period, Restarts, _, _, _} when
            is_map(Map), is_integer(Intensity), is_integer(Period)
        ->
            Flags = {Strategy, Intensity, Period},
            erlang_summary(Kind, Flags, Map, Dynamics, Restarts, element(9, State), never, State);
        _ ->
            later_summary(State, Kind)
    end;
summary(#{'__struct__' := 'Elixir.DynamicSupervisor', children := Map} = State, _) ->
    #{strategy := Strategy, max_restarts := Max, max_seconds := Seconds, mod := Module} = State,
    {Used, Oldest} = used(maps:get(restarts, State, []), Seconds),
    {Active, Supervisors} = maps:fold(fun count_dynamic/3, {0, 0}, Map),
    Size = map_size(Map),
    {dynamic_supervisor, Module, {Strategy, Max, Seconds, Used, Oldest, never},
        {Size, Active, Supervisors, Size - Supervisors}};
summary(_, Kind) ->
    {Kind, undefined, unknown, unknown}.

%% OTP's supervisor has auto_shutdown after the number of restarting dynamic children, with more
%% fields around them from release to release; module and arguments are the last two.
later_summary(State, Kind) ->
    [state, _, Strategy, Children, Dynamics, Intensity, Period, Restarts | More] =
        tuple_to_list(State),
    case {Children, auto_shutdown(More, 0)} of
        {{_, Map}, {Restarting, Auto}} when is_map(Map), is_integer(Intensity), is_integer(Period) ->
            Flags = {Strategy, Intensity, Period},
            erlang_summary(Kind, Flags, Map, Dynamics, Restarts, Restarting, Auto, State);
        _ ->
            {Kind, undefined, unknown, unknown}
    end.

auto_shutdown([Word | _], Before) when Word =:= never; Word =:= any_significant; Word =:= all_significant ->
    {Before, Word};
auto_shutdown([Number | More], _) when is_integer(Number) ->
    auto_shutdown(More, Number);
auto_shutdown(_, _) ->
    unknown.

count_dynamic(_, {restarting, {_, _, _, Type, _}}, {Active, Supervisors}) ->
    {Active, Supervisors + is_supervisor(Type)};
count_dynamic(Pid, {_, _, _, Type, _}, {Active, Supervisors}) ->
    {Active + alive(Pid), Supervisors + is_supervisor(Type)}.

alive(Pid) when is_pid(Pid) -> 1;
alive(_) -> 0.

is_supervisor(supervisor) -> 1;
is_supervisor(_) -> 0.

erlang_summary(Kind, {Strategy, Intensity, Period}, Map, Dynamics, Restarts, Restarting, Auto, State) ->
    {Used, Oldest} = used(Restarts, Period),
    Flags = {Strategy, Intensity, Period, Used, Oldest, Auto},
    Module = element(tuple_size(State) - 1, State),
    {Kind, Module, Flags, counts(Strategy, Map, Dynamics, Restarting)}.

counts(simple_one_for_one, Map, {_, Db}, Restarting) when is_map(Db) ->
    [Child] = maps:values(Map),
    Size = map_size(Db),
    case child_type(Child) of
        supervisor -> {1, Size - Restarting, Size, 0};
        worker -> {1, Size - Restarting, 0, Size}
    end;
counts(simple_one_for_one, Map, undefined, _) ->
    {map_size(Map), 0, 0, 0};
counts(_, Map, _, _) ->
    maps:fold(
        fun(_, Child, {Specs, Active, Supervisors, Workers}) ->
            S = is_supervisor(child_type(Child)),
            {Specs + 1, Active + alive(element(2, Child)), Supervisors + S, Workers + 1 - S}
        end,
        {0, 0, 0, 0},
        Map
    ).

%% Restarts within the period, and the age of the oldest of them in seconds.
used(Restarts, Period) when is_list(Restarts), is_integer(Period) ->
    Now = erlang:monotonic_time(second),
    case [Now - T || T <- Restarts, is_integer(T), Now - T =< Period] of
        [] -> {0, undefined};
        Ages -> {length(Ages), lists:max(Ages)}
    end;
used({_, Restarts}, Period) ->
    used(Restarts, Period);
used(_, _) ->
    {undefined, undefined}.

child_type({child, _, _, _, _, _, _, Type, _}) -> Type;
child_type({child, _, _, _, _, _, Type, _}) -> Type.

%% Sends {Tag, children, Rows} and {Tag, dynamic, Spec, Pids} to To.
-spec send_children(pid(), reference(), term()) -> ok.
send_children(To, Tag, State) when element(1, State) =:= state ->
    {Ids, Map} = element(4, State),
    case {element(3, State), element(5, State)} of
        {simple_one_for_one, {_, Db}} when is_map(Db) ->
            [Child] = maps:values(Map),
            send_simple(To, Tag, spec(Child), maps:keys(Db), map_size(Db));
        {simple_one_for_one, _} ->
            ok;
        _ ->
            send_static(To, Tag, lists:reverse(Ids), Map, [], 0)
    end;
send_children(To, Tag, #{'__struct__' := 'Elixir.DynamicSupervisor', children := Map}) ->
    send_dynamic(To, Tag, maps:next(maps:iterator(Map)), undefined, [], 0);
send_children(_, _, _) ->
    ok.

%% simple_one_for_one: all children share one spec. The keys are a short list on the supervisor's own
%% heap; an iterator would leave four times as much garbage there. A key may be {restarting, Pid}.
send_simple(To, Tag, Spec, Pids, Count) when Count =< ?CHUNK ->
    flush_dynamic(To, Tag, Spec, Pids);
send_simple(To, Tag, Spec, Pids, Count) ->
    {Now, Later} = lists:split(?CHUNK, Pids),
    flush_dynamic(To, Tag, Spec, Now),
    send_simple(To, Tag, Spec, Later, Count - ?CHUNK).

%% DynamicSupervisor: runs of children with equal specs are sent together.
send_dynamic(To, Tag, none, Spec, Pids, _) ->
    flush_dynamic(To, Tag, Spec, Pids);
send_dynamic(To, Tag, {_, {restarting, Child}, Iterator}, Spec, Pids, Count) ->
    send_dynamic(To, Tag, {restarting, Child, Iterator}, Spec, Pids, Count);
send_dynamic(To, Tag, {Pid, {{M, _, _}, Restart, Shutdown, Type, Modules}, Iterator}, Spec, Pids, Count) ->
    Here = {undefined, Type, Restart, Shutdown, false, module(Modules, M)},
    Child = child_pid(Pid),
    case Here of
        Spec when Count < ?CHUNK ->
            send_dynamic(To, Tag, maps:next(Iterator), Spec, [Child | Pids], Count + 1);
        _ ->
            flush_dynamic(To, Tag, Spec, Pids),
            send_dynamic(To, Tag, maps:next(Iterator), Here, [Child], 1)
    end;
send_dynamic(To, Tag, {_, _, Iterator}, Spec, Pids, Count) ->
    send_dynamic(To, Tag, maps:next(Iterator), Spec, Pids, Count).

flush_dynamic(_, _, _, []) ->
    ok;
flush_dynamic(To, Tag, Spec, Pids) ->
    To ! {Tag, dynamic, Spec, Pids},
    ok.

send_static(_, _, [], _, [], _) ->
    ok;
send_static(To, Tag, Ids, Map, Rows, Count) when Ids =:= []; Count =:= ?STATIC_CHUNK ->
    To ! {Tag, children, lists:reverse(Rows)},
    send_static(To, Tag, Ids, Map, [], 0);
send_static(To, Tag, [Id | Ids], Map, Rows, Count) ->
    #{Id := Child} = Map,
    {_, Type, Restart, Shutdown, Significant, Module} = spec(Child),
    Row = {id(Id), child_pid(element(2, Child)), Type, Restart, Shutdown, Significant, Module},
    send_static(To, Tag, Ids, Map, [Row | Rows], Count + 1).

spec({child, _, Id, {M, _, _}, Restart, Significant, Shutdown, Type, Modules}) ->
    {id(Id), Type, Restart, Shutdown, Significant, module(Modules, M)};
spec({child, _, Id, {M, _, _}, {Restart, _Delay}, Shutdown, Type, Modules}) ->
    {id(Id), Type, Restart, Shutdown, false, module(Modules, M)};
spec({child, _, Id, {M, _, _}, Restart, Shutdown, Type, Modules}) ->
    {id(Id), Type, Restart, Shutdown, false, module(Modules, M)}.

child_pid(Pid) when is_pid(Pid) -> Pid;
child_pid({restarting, _}) -> restarting;
child_pid(restarting) -> restarting;
child_pid(_) -> undefined.

%% An id may be any term; one that is too large to be shown is replaced.
-spec id(term()) -> term().
id(Id) when is_atom(Id); is_integer(Id) -> Id;
id(Id) when is_binary(Id), byte_size(Id) =< 200 -> Id;
id(Id) ->
    case erts_debug:flat_size(Id) > 100 of
        true -> '$too_large';
        false -> Id
    end.

%% The callback module of a child spec: the only one in modules, else that of the start function.
-spec module(term()) -> module() | undefined.
module([Module]) when is_atom(Module) -> Module;
module(_) -> undefined.

module(Modules, Start) ->
    case module(Modules) of
        undefined -> Start;
        Module -> Module
    end.
