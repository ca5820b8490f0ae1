%% Starting a supervisor for a user: held as a lease, with this agent's module as its callback, so that it ends
%% when the agent leaves; or under a supervisor of the node, where it stays, for which it needs a callback
%% module that stays too: that of Elixir's Supervisor. Plain Erlang has none that would do.
-module(whitebeam_start_supervisor).

-export([handler/1, init/1, lease/1]).

-define(TIMEOUT_MS, 5000).
-define(LEASE_MS, 600000).
-define(LONGEST_MS, 86400000).
-define(END_MS, 1500).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(start_supervisor) -> fun(Arguments) -> start(maps:remove(pid, Arguments)) end;
handler(start_supervisor_link) -> fun start/1;
handler(_) -> undefined.

%% The supervisor's callback.
-spec init(term()) -> term().
init(Init) ->
    Init.

start(Arguments) ->
    Init = {ok, {flags(Arguments), children(Arguments)}},
    ok = free(Arguments),
    case Arguments of
        #{name := _} -> under(Init, Arguments);
        _ -> leased(Init, Arguments)
    end.

flags(Arguments) ->
    Flags = #{
        strategy => maps:get(strategy, Arguments, one_for_one),
        intensity => maps:get(intensity, Arguments, maps:get(max_restarts, Arguments, 1)),
        period => maps:get(period, Arguments, maps:get(max_seconds, Arguments, 5))
    },
    case Flags of
        #{intensity := I, period := P} when is_integer(I), I >= 0, is_integer(P), P > 0 -> Flags;
        _ ->
            whitebeam_arguments:fail(
                invalid, <<"intensity is from 0, period from 1">>, #{field => <<"intensity">>}
            )
    end.

children(Arguments) ->
    Specs = whitebeam_spec:list(maps:get(children, Arguments, []), children),
    case {maps:get(strategy, Arguments, one_for_one), Specs} of
        {simple_one_for_one, [_]} -> Specs;
        {simple_one_for_one, _} -> one_needed();
        _ -> Specs
    end.

-spec one_needed() -> no_return().
one_needed() ->
    Text = <<"simple_one_for_one needs exactly one child specification, which all children share">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"children">>}).

free(#{register_as := Given}) ->
    Name = whitebeam_arguments:atom(Given),
    whereis(Name) =:= undefined orelse
        whitebeam_arguments:fail(conflict, <<"the name is taken">>, #{field => <<"register_as">>}),
    ok;
free(_) ->
    ok.

%% ---- as a lease -------------------------------------------------------------------------------

leased({ok, {Flags, Specs}} = Init, Arguments) ->
    Ms = maps:get(duration_ms, Arguments, ?LEASE_MS),
    is_integer(Ms) andalso Ms > 0 andalso Ms =< ?LONGEST_MS orelse
        whitebeam_arguments:fail(invalid, <<"it is from 1 ms to a day">>, #{field => <<"duration_ms">>}),
    Other = other(Arguments),
    Answer = #{
        flags => Flags, children => length(Specs), linked_to => Other, duration_ms => Ms,
        stays => false, note => <<"it ends with its lease, and when Whitebeam leaves the node">>
    },
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{supervisor => undefined, dry_run => true}};
        _ ->
            {Lease, Pid} = whitebeam_leases:hold(start_supervisor, make_ref(), #{}, Ms, fun() ->
                take(Init, Other, Arguments)
            end),
            {ok, running(Answer#{lease => Lease}, Pid)}
    end.

%% Whom to link it to: that process ends with it, unless it traps exits, and it ends with that process.
other(#{pid := _} = Arguments) ->
    whitebeam_arguments:unprotected(maps:get(pid, Arguments), Arguments);
other(_) ->
    undefined.

%% Runs in the lease's process, which is the parent.
take(Init, Other, Arguments) ->
    case start_link(Init, Arguments) of
        {ok, Pid} ->
            _ = monitor(process, Pid),
            ok = whitebeam_leases:about(#{pid => Pid, linked_to => Other}),
            _ = is_pid(Other) andalso linked(Pid, Other),
            {ok, Pid, fun() -> finish(Pid) end};
        {error, Reason} ->
            {error, {crashed, whitebeam_reason:text(Reason), #{}}}
    end.

%% A supervisor pays no heed to a link of its own, but ends with its parent, which is the lease's process and
%% ends when what it monitors does.
linked(Pid, Other) ->
    _ = monitor(process, Other),
    whitebeam_sys:inside(Pid, fun(_) -> {answer, link(Other)} end, ?TIMEOUT_MS).

%% The callback module is the one that this function is in, whatever that is called in the node.
start_link(Init, Arguments) ->
    {module, Module} = erlang:fun_info(fun whitebeam_start_supervisor:init/1, module),
    case registered(Arguments) of
        [Name] -> supervisor:start_link(Name, Module, Init);
        [] -> supervisor:start_link(Module, Init)
    end.

%% A supervisor ends when its parent tells it to.
finish(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, shutdown),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    after ?END_MS -> exit(Pid, kill)
    end.

%% The lease that holds this supervisor.
-spec lease(pid()) -> pos_integer() | none.
lease(Pid) ->
    Ids = [Id || {Id, start_supervisor, #{pid := Held}, _} <- whitebeam_leases:list(), Held =:= Pid],
    case Ids of
        [Id] -> Id;
        [] -> none
    end.

%% ---- under a supervisor of the node -----------------------------------------------------------

under({ok, {Flags, Specs}} = Init, Arguments) ->
    is_map_key(pid, Arguments) andalso
        whitebeam_arguments:fail(invalid, <<"under a supervisor it is linked to that">>, #{field => <<"pid">>}),
    Parent = whitebeam_supervising:changeable(Arguments),
    Module = callback(),
    Start = {supervisor, start_link, registered(Arguments) ++ [Module, Init]},
    Spec =
        #{
            id => id(Arguments), start => Start, type => supervisor,
            restart => maps:get(restart, Arguments, temporary)
        },
    View = whitebeam_supervising:view(Parent),
    suits(View),
    Answer = #{
        flags => Flags, children => length(Specs), parent => Parent, stays => true,
        note => <<"it stays when Whitebeam leaves the node">>
    },
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{supervisor => undefined, dry_run => true}};
        _ ->
            Timeout = whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS),
            {ok, running(Answer, whitebeam_add:start(View, Parent, {spec, Spec}, Timeout))}
    end.

suits(#{form := simple}) ->
    Text = <<"all children of a simple_one_for_one supervisor come from its own specification">>,
    whitebeam_arguments:fail(refused, Text, #{field => <<"name">>});
suits(#{task := true}) ->
    whitebeam_arguments:fail(refused, <<"a Task.Supervisor starts tasks only">>, #{field => <<"name">>});
suits(_) ->
    ok.

%% Its init/1 answers its argument.
callback() ->
    case code:ensure_loaded('Elixir.Supervisor.Default') of
        {module, Module} ->
            Module;
        _ ->
            Text = <<
                "a supervisor needs a callback module that stays when Whitebeam leaves, and this node, without "
                "Elixir, has none; start it with a module of your own, or for a while without `name`"
            >>,
            whitebeam_arguments:fail(refused, Text, #{field => <<"name">>, closest => <<"add_child">>})
    end.

registered(#{register_as := Given}) -> [{local, whitebeam_arguments:atom(Given)}];
registered(_) -> [].

id(#{id := Given}) -> whitebeam_arguments:term(Given);
id(#{register_as := Given}) -> whitebeam_arguments:atom(Given);
id(_) -> {whitebeam, erlang:unique_integer([positive])}.

%% A short lease may be over already.
running(Answer, Pid) ->
    try whitebeam_supervising:view(Pid) of
        #{counts := {_, Active, _, _}, strategy := Strategy} = View ->
            Answer#{
                supervisor => Pid, alive => true, active_children => Active, strategy => Strategy,
                budget => whitebeam_supervising:budget(View)
            }
    catch
        throw:{error, {gone, _, _}} ->
            Answer#{supervisor => Pid, alive => is_process_alive(Pid)}
    end.
