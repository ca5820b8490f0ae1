%% Operations that start children: under OTP's supervisors by a whole specification, under
%% simple_one_for_one by further arguments, under Elixir's DynamicSupervisor and Task.Supervisor through
%% their own modules.
-module(whitebeam_add).

-export([handler/1, start/4]).

-define(TIMEOUT_MS, 5000).

%% Modules with functions that start a process by a function, or a module, among their arguments.
-define(RUNS_ARGUMENTS, [
    erlang, erpc, gen, gen_event, gen_fsm, gen_server, gen_statem, peer, proc_lib, rpc, supervisor, timer,
    'Elixir.Agent', 'Elixir.DynamicSupervisor', 'Elixir.GenServer', 'Elixir.Process', 'Elixir.Supervisor',
    'Elixir.Task', 'Elixir.Task.Supervised'
]).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(add_child) -> fun add_child/1;
handler(add_dynamic_child) -> fun add_dynamic_child/1;
handler(start_temporary_child) -> fun(Arguments) -> add_child(Arguments#{restart => temporary}) end;
handler(start_transient_child) -> fun(Arguments) -> add_child(Arguments#{restart => transient}) end;
handler(start_permanent_child) -> fun(Arguments) -> add_child(Arguments#{restart => permanent}) end;
handler(_) -> undefined.

add_child(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    View = whitebeam_supervising:view(Pid),
    Given = given(View, Pid, Arguments),
    case Arguments of
        #{dry_run := true} -> {ok, (preview(Given))#{supervisor => Pid, dry_run => true}};
        _ -> {ok, added(Pid, start(View, Pid, Given, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)))}
    end.

add_dynamic_child(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    case whitebeam_supervising:view(Pid) of
        #{form := static} ->
            Text = <<"its children have ids of their own; it is no dynamic supervisor">>,
            whitebeam_arguments:fail(refused, Text, #{closest => <<"add_child">>});
        _ ->
            add_child(Arguments)
    end.

%% What is to be started: {spec, Spec}, or {args, Arguments} for simple_one_for_one.
given(#{form := simple}, Pid, Arguments) ->
    {args, further(Pid, Arguments)};
given(#{form := dynamic, max_children := Most, total := Total}, _, _) when Total >= Most ->
    whitebeam_arguments:fail(refused, <<"it takes no more children">>, #{max_children => Most});
given(#{form := Form, auto_shutdown := Auto} = View, Pid, #{child_spec := Given} = Arguments) ->
    Spec = whitebeam_spec:spec(Given, Arguments),
    case {Spec, supervisor:check_childspecs([Spec], Auto)} of
        {#{significant := true}, {error, Reason}} -> invalid(whitebeam_reason:text(Reason));
        _ -> ok
    end,
    Form =:= static andalso unused(Pid, Spec),
    case View of
        #{task := true} -> {spec, task(Spec)};
        _ -> arity(Spec, Pid), {spec, Spec}
    end;
given(_, _, _) ->
    invalid(<<"child_spec is needed">>).

invalid(Text) ->
    whitebeam_arguments:fail(invalid, Text, #{field => <<"child_spec">>}).

%% A Task.Supervisor starts the process itself, which runs the function. A start function would start another one,
%% and leave it to nobody.
task(#{start := {'Elixir.Task', start_link, [M, F, Args]}} = Spec) when is_atom(M), is_atom(F), is_list(Args) ->
    Spec#{start := {M, F, Args}};
task(#{start := {M, start_link, _}}) ->
    Start = [whitebeam_inspect:text(M), ".start_link"],
    invalid(["a task is given as the function that it runs; ", Start, " starts a process of its own"]);
task(Spec) ->
    Spec.

%% The arguments after those of the shared specification, as `args`, or a list as `child_spec`.
further(Pid, #{args := Args} = Arguments) ->
    allowed(Pid, whitebeam_spec:args(Args), Arguments);
further(Pid, #{child_spec := Spec} = Arguments) when not is_map(Spec) ->
    allowed(Pid, whitebeam_spec:args(Spec), Arguments);
further(_, #{child_spec := _}) ->
    Text =
        <<"all children of a simple_one_for_one supervisor share its specification; give further arguments as args">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"args">>});
further(Pid, #{restart := Restart}) ->
    [#{restart := Shared}] =
        whitebeam_supervising:read(Pid, fun(State) -> [whitebeam_layout:template(State)] end),
    Shared =:= Restart orelse
        whitebeam_arguments:fail(
            refused, io_lib:format("all its children are ~ts", [Shared]), #{field => <<"restart">>}
        ),
    [];
further(_, _) ->
    [].

%% Where the start function is one of OTP's or Elixir's own, arguments say which code runs.
allowed(_, Args, #{allow_code := true}) ->
    Args;
allowed(Pid, Args, _) ->
    [{Module, Function, _}] =
        whitebeam_supervising:read(Pid, fun(State) -> [map_get(start, whitebeam_layout:template(State))] end),
    lists:member(Module, ?RUNS_ARGUMENTS) andalso
        whitebeam_arguments:fail(
            refused,
            [
                "its children are started by ", whitebeam_inspect:text(Module), $., atom_to_binary(Function),
                ", which runs the code that its arguments name: it needs `allow_code`"
            ],
            #{field => <<"allow_code">>}
        ),
    Args.

unused(Pid, #{id := Id}) ->
    case whitebeam_supervising:lookup(Pid, [{id, Id}]) of
        none ->
            true;
        {ok, #{pid := Child}} when is_pid(Child) ->
            Details = #{pid => whitebeam_arguments:pid_text(Child), field => <<"child_spec">>},
            whitebeam_arguments:fail(conflict, <<"it has a child with this id, which runs">>, Details);
        {ok, _} ->
            Details = #{closest => <<"restart_child">>, field => <<"child_spec">>},
            whitebeam_arguments:fail(conflict, <<"it has a child with this id, which does not run">>, Details)
    end.

%% Where the module is loaded, its start function must take that many arguments.
arity(#{start := {Module, Function, Args}}, Pid) ->
    Extra = whitebeam_supervising:read(Pid, fun whitebeam_layout:extra/1),
    Arity = length(Extra) + length(Args),
    not erlang:module_loaded(Module) orelse erlang:function_exported(Module, Function, Arity) orelse
        erlang:is_builtin(Module, Function, Arity) orelse
        invalid(io_lib:format("there is no function ~ts.~ts/~b", [whitebeam_inspect:text(Module), Function, Arity])).

preview({args, Args}) ->
    #{args => {'$term', Args}};
preview({spec, Spec}) ->
    #{id := Id, start := {M, F, Args}} = Whole = whitebeam_spec:whole(Spec),
    (maps:with([restart, significant, shutdown, type, modules], Whole))#{
        id => whitebeam_supervising:shown_id(Id),
        start => #{module => M, function => F, arity => length(Args)}
    }.

%% ---- starting ---------------------------------------------------------------------------------

%% Starts a child; answers its pid, or undefined where the start function said `ignore`.
-spec start(map(), pid(), {args, [term()]} | {spec, map()}, timeout()) -> pid() | undefined.
start(#{form := simple}, Pid, {args, Args}, TimeoutMs) ->
    started(whitebeam_supervising:call(Pid, {start_child, Args}, TimeoutMs));
start(#{form := static}, Pid, {spec, Spec}, TimeoutMs) ->
    started(whitebeam_supervising:call(Pid, {start_child, Spec}, TimeoutMs));
start(#{task := true}, Pid, {spec, #{start := {M, F, Args}} = Spec}, TimeoutMs) ->
    Options = maps:to_list(maps:with([restart, shutdown], Spec)),
    ok = whitebeam_sys:check(Pid),
    started(whitebeam_bounded:run(
        fun() -> 'Elixir.Task.Supervisor':start_child(Pid, M, F, Args, Options) end, TimeoutMs
    ));
start(#{form := dynamic}, Pid, {spec, Spec}, TimeoutMs) ->
    ok = whitebeam_sys:check(Pid),
    started(whitebeam_bounded:run(fun() -> 'Elixir.DynamicSupervisor':start_child(Pid, Spec) end, TimeoutMs)).

started({ok, Child}) -> Child;
started({ok, Child, _}) -> Child;
started(ignore) -> undefined;
started({error, {already_started, Child}}) when is_pid(Child) ->
    Details = #{pid => whitebeam_arguments:pid_text(Child)},
    whitebeam_arguments:fail(conflict, <<"such a process runs already">>, Details);
started({error, already_present}) ->
    Text = <<"it has a child with this id, which does not run">>,
    whitebeam_arguments:fail(conflict, Text, #{closest => <<"restart_child">>});
started({error, max_children}) ->
    whitebeam_arguments:fail(refused, <<"it takes no more children">>);
started({error, {Reason, Child}}) when element(1, Child) =:= child ->
    started({error, Reason});
started({error, Reason}) ->
    whitebeam_arguments:fail(crashed, ["the child could not be started: ", whitebeam_reason:text(Reason)]).

%% What the supervisor says of the child now: a task may have ended already.
added(Pid, undefined) ->
    #{supervisor => Pid, pid => undefined, started => false, listed => false};
added(Pid, Child) ->
    Row =
        case whitebeam_supervising:lookup(Pid, [{pid, Child}]) of
            {ok, Found} -> (whitebeam_supervising:shown(Found))#{listed => true};
            none -> #{listed => false}
        end,
    Row#{supervisor => Pid, pid => Child, started => true, alive => is_process_alive(Child)}.
