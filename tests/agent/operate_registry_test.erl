%% Tests of operations on names and groups: local names, global names, and pg.
-module(operate_registry_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1, idle/0, argument/1, term/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "operations on names and groups").

stop(Pid) -> Pid ! stop.

atom(Name) -> {atom, Name}.

%% Runs an operation on a process.
on(Guard, Name, Pid, Arguments) ->
    operate(Guard, Name, Arguments#{pid => argument(Pid)}).

dead() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, _, _, _} -> Pid end.

%% ---- local names ------------------------------------------------------------------------------

a_name_is_given_and_taken_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        Name = atom(<<"registry_given">>),
        registry_given = binary_to_atom(<<"registry_given">>),
        {ok, #{registered := false, dry_run := true}} = on(Guard, register_process, Pid, #{name => Name, dry_run => true}),
        undefined = whereis(registry_given),
        {ok, #{name := registry_given, pid := Pid, registered := true}} = on(Guard, register_process, Pid, #{name => Name}),
        Pid = whereis(registry_given),
        {ok, #{pid := Pid, registered := true}} = operate(Guard, whereis_process, #{name => Name}),
        {ok, #{pid := Pid, unregistered := false, dry_run := true}} =
            operate(Guard, unregister_process, #{name => Name, dry_run => true}),
        Pid = whereis(registry_given),
        {ok, #{pid := Pid, name := registry_given, unregistered := true, owner_now := undefined}} =
            operate(Guard, unregister_process, #{name => Name}),
        undefined = whereis(registry_given),
        {error, {not_found, _, #{field := <<"name">>}}} = operate(Guard, unregister_process, #{name => Name}),
        {ok, #{pid := undefined, registered := false}} = operate(Guard, whereis_process, #{name => Name}),
        stop(Pid)
    end).

what_cannot_have_the_name_is_told_why_test() ->
    with_agent(fun(Guard) ->
        [Pid, Other] = [idle(), idle()],
        register(registry_taken, Other),
        Taken = atom(<<"registry_taken">>),
        Owner = list_to_binary(["#PID", pid_to_list(Other)]),
        {error, {conflict, _, #{owner := Owner}}} = on(Guard, register_process, Pid, #{name => Taken}),
        {error, {conflict, _, #{registered_name := <<"registry_taken">>}}} =
            on(Guard, register_process, Other, #{name => atom(<<"lists">>)}),
        {error, {invalid, _, _}} = on(Guard, register_process, Pid, #{name => atom(<<"undefined">>)}),
        {error, {unknown_atom, _, _}} = on(Guard, register_process, Pid, #{name => atom(<<"registry_never_seen">>)}),
        {error, {gone, _, _}} = on(Guard, register_process, dead(), #{name => atom(<<"lists">>)}),
        {ok, #{registered := true, name := Made}} =
            on(Guard, register_process, Pid, #{name => {atom, <<"registry_made_now">>, create}}),
        <<"registry_made_now">> = atom_to_binary(Made),
        [stop(One) || One <- [Pid, Other]]
    end).

names_of_the_runtime_system_are_protected_test() ->
    with_agent(fun(Guard) ->
        {error, {protected, _, _}} = operate(Guard, unregister_process, #{name => atom(<<"code_server">>)}),
        {error, {protected, _, _}} = operate(Guard, unregister_process, #{name => atom(<<"kernel_safe_sup">>)}),
        {error, {protected, _, _}} =
            operate(Guard, unregister_process, #{name => atom(<<"kernel_safe_sup">>), force => false}),
        {ok, #{dry_run := true}} =
            operate(Guard, unregister_process, #{name => atom(<<"kernel_safe_sup">>), force => true, dry_run => true}),
        true = is_pid(whereis(kernel_safe_sup))
    end).

looking_for_a_name_makes_no_atom_test() ->
    with_agent(fun(Guard) ->
        Ask = fun() -> operate(Guard, whereis_process, #{name => atom(<<"registry_nobody_has_this">>)}) end,
        {ok, #{registered := false, pid := undefined, name := <<"registry_nobody_has_this">>}} = Ask(),
        Before = erlang:system_info(atom_count),
        {ok, #{registered := false}} = Ask(),
        Before = erlang:system_info(atom_count)
    end).

names_are_listed_in_pages_test() ->
    with_agent(fun(Guard) ->
        All = lists:sort(registered()),
        Total = length(All),
        {ok, #{names := Rows, total := Total}} = operate(Guard, registered_names, #{per_page => 1000}),
        All = [Name || #{name := Name} <- Rows],
        [] = [Row || #{name := Name, pid := Pid} = Row <- Rows, whereis(Name) =/= Pid],
        {ok, #{names := [#{name := Third}], page := 3, per_page := 1}} =
            operate(Guard, registered_names, #{page => 3, per_page => 1}),
        Third = lists:nth(3, All),
        {ok, #{names := []}} = operate(Guard, registered_names, #{page => 1000, per_page => 1000}),
        {ok, #{names := Kernel}} = operate(Guard, registered_names, #{prefix => <<"kernel_s">>}),
        [kernel_safe_sup, kernel_sup] = [Name || #{name := Name} <- Kernel],
        register('Elixir.Whitebeam.Named', idle()),
        [{ok, #{names := [#{name := 'Elixir.Whitebeam.Named'}]}} =
            operate(Guard, registered_names, #{prefix => Prefix})
         || Prefix <- [<<"Whitebeam.N">>, <<"Elixir.Whitebeam.N">>]]
    end).

%% ---- global names -----------------------------------------------------------------------------

a_global_name_is_any_term_test() ->
    with_agent(fun(Guard) ->
        [Pid, Other] = [idle(), idle()],
        Name = {service, <<"a">>, 1},
        {ok, #{registered := false, dry_run := true}} =
            on(Guard, register_process_globally, Pid, #{name => term(Name), dry_run => true}),
        undefined = global:whereis_name(Name),
        {ok, #{registered := true, resolve := random_exit_name, nodes := [Node | _]}} =
            on(Guard, register_process_globally, Pid, #{name => term(Name)}),
        Node = node(),
        Pid = global:whereis_name(Name),
        {error, {conflict, _, _}} = on(Guard, register_process_globally, Other, #{name => term(Name)}),
        {error, {invalid, _, #{field := <<"resolve">>}}} =
            on(Guard, register_process_globally, Other, #{name => term(other), resolve => nothing}),
        {ok, #{pid := Pid, registered := true}} = operate(Guard, global_whereis_name, #{name => term(Name)}),
        {ok, #{names := [#{name := {'$term', Name}, pid := Pid}], total := 1}} = operate(Guard, list_global_names, #{}),
        {ok, #{unregistered := false}} =
            operate(Guard, unregister_process_globally, #{name => term(Name), dry_run => true}),
        {ok, #{unregistered := true, pid := Pid}} = operate(Guard, unregister_process_globally, #{name => term(Name)}),
        undefined = global:whereis_name(Name),
        {error, {not_found, _, _}} = operate(Guard, unregister_process_globally, #{name => term(Name)}),
        {ok, #{registered := false}} = operate(Guard, global_whereis_name, #{name => term(Name)}),
        [stop(One) || One <- [Pid, Other]]
    end).

%% ---- groups -----------------------------------------------------------------------------------

%% The scope runs during Test only.
with_scope(Scope, Test) ->
    {ok, Server} = pg:start(Scope),
    with_agent(Test),
    gen_server:stop(Server).

a_group_comes_with_its_members_and_goes_with_them_test() ->
    with_scope(registry_scope, fun(Guard) ->
        [A, B] = Pids = [idle(), idle()],
        Scope = #{scope => atom(<<"registry_scope">>), group => term({group, 1})},
        {error, {refused, _, #{field := <<"processes">>}}} = operate(Guard, create_process_group, Scope),
        Processes = [argument(Pid) || Pid <- Pids],
        {ok, #{dry_run := true, members := 0}} =
            operate(Guard, create_process_group, Scope#{processes => Processes, dry_run => true}),
        [] = pg:which_groups(registry_scope),
        {ok, #{members := 2, local := 2, joined := Pids}} =
            operate(Guard, create_process_group, Scope#{processes => Processes}),
        Pids = lists:sort(pg:get_members(registry_scope, {group, 1})),
        {error, {conflict, _, #{field := <<"group">>}}} =
            operate(Guard, create_process_group, Scope#{processes => Processes}),
        {ok, #{members := 3, times := 2}} = on(Guard, join_process_group, A, Scope),
        {ok, #{members := 2, times := 1}} = on(Guard, leave_process_group, A, Scope),
        {ok, #{members := 2, dry_run := true, times := 0}} = on(Guard, leave_process_group, B, Scope#{dry_run => true}),
        {ok, #{members := 1}} = on(Guard, leave_process_group, B, Scope),
        {error, {not_found, _, #{field := <<"group">>}}} = on(Guard, leave_process_group, B, Scope),
        {ok, #{groups := [#{group := {'$term', {group, 1}}, members := 1}]}} =
            operate(Guard, list_process_groups, #{scope => atom(<<"registry_scope">>)}),
        {ok, #{processes := [#{pid := A}], total := 1}} = operate(Guard, list_process_groups, Scope),
        {ok, #{groups := All, scopes := Scopes}} = operate(Guard, list_process_groups, #{}),
        true = lists:member(registry_scope, Scopes),
        [_] = [Row || #{scope := registry_scope} = Row <- All],
        {ok, _} = on(Guard, leave_process_group, A, Scope),
        [] = pg:which_groups(registry_scope),
        [stop(Pid) || Pid <- Pids]
    end).

a_scope_that_does_not_run_is_started_only_if_asked_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        Scope = #{scope => {atom, <<"registry_new_scope">>, create}, group => term(g)},
        {error, {refused, _, #{field := <<"scope">>, running := _}}} = on(Guard, join_process_group, Pid, Scope),
        {error, {refused, _, _}} = operate(Guard, list_process_groups, Scope#{start => true}),
        {ok, #{starts_scope := true, dry_run := true}} =
            on(Guard, join_process_group, Pid, Scope#{start => true, dry_run => true}),
        undefined = whereis(registry_new_scope),
        {ok, #{members := 1}} = on(Guard, join_process_group, Pid, Scope#{start => true}),
        [Pid] = pg:get_members(registry_new_scope, g),
        {error, {conflict, _, _}} =
            on(Guard, join_process_group, Pid, Scope#{start => true, scope => atom(<<"code_server">>)}),
        gen_server:stop(registry_new_scope),
        stop(Pid)
    end).

a_broadcast_reaches_the_members_it_does_not_harm_test() ->
    with_scope(registry_scope, fun(Guard) ->
        Self = self(),
        Echo = fun() -> receive Message -> Self ! {self(), Message} end end,
        [A, B] = Good = [spawn(Echo), spawn(Echo)],
        {ok, Supervisor} = supervisor:start_link(?MODULE, []),
        Full = idle(),
        [Full ! noise || _ <- lists:seq(1, 10001)],
        ok = pg:join(registry_scope, g, [Supervisor, Full, whereis(kernel_safe_sup) | Good]),
        Scope = #{scope => atom(<<"registry_scope">>), group => term(g), message => term({hello, 1})},
        {ok, #{sent_count := 2, refused_count := 3, dry_run := true}} =
            operate(Guard, broadcast_to_group, Scope#{dry_run => true}),
        {ok, #{sent := Sent, refused := Refused, total := 5}} = operate(Guard, broadcast_to_group, Scope),
        Good = lists:sort(Sent),
        [receive {Pid, {hello, 1}} -> ok end || Pid <- [A, B]],
        Why = maps:from_list([{Pid, Code} || #{pid := Pid, code := Code} <- Refused]),
        Safe = whereis(kernel_safe_sup),
        #{Supervisor := refused, Full := queue, Safe := protected} = Why,
        {error, {not_found, _, _}} = operate(Guard, broadcast_to_group, Scope#{group => term(nobody)}),
        stop(Full),
        unlink(Supervisor),
        exit(Supervisor, kill)
    end).

init([]) -> {ok, {#{}, []}}.
