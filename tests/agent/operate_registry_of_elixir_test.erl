%% Tests of operations on Elixir's Registry, and on the states of Elixir's processes. Needs Elixir on the
%% code path, see tests/agent/run; without it nothing is tested, and the output says so.
-module(operate_registry_of_elixir_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, argument/1, term/1, idle/0]).

-define(REGISTRY, 'Elixir.Registry').

main() ->
    case code:which('Elixir.Kernel') of
        non_existing ->
            io:format("skipped: tests of Elixir's Registry, there is no Elixir on the path~n"),
            halt(0);
        _ ->
            {ok, _} = application:ensure_all_started(elixir),
            agent_fixture:run_tests(?MODULE, "Elixir's Registry")
    end.

%% Runs Test(Guard, Pid, Name) with a registry of this kind and an Agent.
with_registry(Keys, Test) ->
    Name = registry_of_test,
    {ok, Registry} = ?REGISTRY:start_link([{keys, Keys}, {name, Name}]),
    {ok, Pid} = 'Elixir.Agent':start(fun() -> #{count => 1} end),
    with_agent(fun(Guard) -> Test(Guard, Pid, Name) end),
    {messages, []} = process_info(Pid, messages),
    #{count := 1} = 'Elixir.Agent':get(Pid, fun(State) -> State end),
    exit(Pid, kill),
    unlink(Registry),
    Monitor = monitor(process, Registry),
    exit(Registry, shutdown),
    receive {'DOWN', Monitor, _, _, _} -> ok end.

entry(Pid, Key) ->
    #{registry => {atom, <<"registry_of_test">>}, key => term(Key), pid => argument(Pid)}.

a_process_is_registered_with_metadata_and_stays_the_owner_test() ->
    with_registry(unique, fun(Guard, Pid, Name) ->
        Entry = (entry(Pid, {job, 1}))#{metadata => term(#{role => worker, region => <<"eu">>})},
        {ok, #{registered := false, dry_run := true}} =
            operate(Guard, register_process_with_metadata, Entry#{dry_run => true}),
        [] = ?REGISTRY:lookup(Name, {job, 1}),
        {ok, #{registered := true, kept_in := node, pid := Pid}} =
            operate(Guard, register_process_with_metadata, Entry),
        [{Pid, #{role := worker}}] = ?REGISTRY:lookup(Name, {job, 1}),
        [{job, 1}] = ?REGISTRY:keys(Name, Pid),
        {error, {conflict, _, #{field := <<"key">>}}} = operate(Guard, register_process_with_metadata, Entry),
        Plain = idle(),
        {error, {not_sys, _, _}} =
            operate(Guard, register_process_with_metadata, (entry(Plain, other))#{metadata => term(1)}),
        Plain ! stop,
        {error, {not_found, _, #{field := <<"registry">>, running := [<<"registry_of_test">>]}}} =
            operate(Guard, register_process_with_metadata, Entry#{registry => {atom, <<"code_server">>}}),
        {ok, #{removed := false}} =
            operate(Guard, remove_registry_entry, (entry(Pid, {job, 1}))#{dry_run => true}),
        {ok, #{removed := true, entries := 1}} = operate(Guard, remove_registry_entry, entry(Pid, {job, 1})),
        [] = ?REGISTRY:lookup(Name, {job, 1}),
        {error, {not_found, _, _}} = operate(Guard, remove_registry_entry, entry(Pid, {job, 1}))
    end).

metadata_are_changed_inside_the_owner_test() ->
    with_registry(unique, fun(Guard, Pid, Name) ->
        {ok, _} = operate(Guard, register_process_with_metadata, (entry(Pid, k))#{metadata => term(#{n => 1})}),
        Update = (entry(Pid, k))#{metadata => term(#{n => 2})},
        {ok, #{updated := false, old := {'$term', #{n := 1}}, new := {'$term', #{n := 2}}}} =
            operate(Guard, update_process_metadata, Update#{dry_run => true}),
        [{Pid, #{n := 1}}] = ?REGISTRY:lookup(Name, k),
        {ok, #{updated := true, pid := Pid}} = operate(Guard, update_process_metadata, Update),
        [{Pid, #{n := 2}}] = ?REGISTRY:lookup(Name, k),
        {error, {not_found, _, #{field := <<"key">>}}} =
            operate(Guard, update_process_metadata, (entry(Pid, nobody))#{metadata => term(1)}),
        {error, {invalid, _, _}} = operate(Guard, update_process_metadata, #{pid => argument(Pid)})
    end).

duplicate_keys_are_kept_and_not_changed_in_place_test() ->
    with_registry(duplicate, fun(Guard, Pid, Name) ->
        [
            {ok, #{registered := true}} =
                operate(Guard, register_process_with_metadata, (entry(Pid, topic))#{metadata => term(N)})
         || N <- [1, 2]
        ],
        2 = length(?REGISTRY:lookup(Name, topic)),
        {error, {refused, _, #{closest := _}}} =
            operate(Guard, update_process_metadata, (entry(Pid, topic))#{metadata => term(3)}),
        {ok, #{entries := 2, removed := true}} = operate(Guard, remove_registry_entry, entry(Pid, topic)),
        [] = ?REGISTRY:lookup(Name, topic)
    end).

entries_are_found_by_their_metadata_test() ->
    with_registry(unique, fun(Guard, Pid, _) ->
        [
            {ok, _} = operate(Guard, register_process_with_metadata, (entry(Pid, Key))#{metadata => term(Value)})
         || {Key, Value} <- [{a, #{role => x, zone => #{name => 1, size => 2}}}, {b, #{role => y}}, {c, plain}]
        ],
        Search = fun(Metadata) ->
            {ok, #{entries := Found}} = operate(Guard, search_registry_by_metadata, #{metadata => term(Metadata)}),
            [Key || #{key := {'$term', Key}} <- Found]
        end,
        [a] = Search(#{role => x}),
        [a] = Search(#{zone => #{name => 1}}),
        [c] = Search(plain),
        [a, b] = Search(#{}),
        [] = Search(#{role => z}),
        {ok, #{searched := [registry_of_test], total := 1}} =
            operate(Guard, search_registry_by_metadata, #{registry => {atom, <<"registry_of_test">>}, metadata => term(plain)})
    end).

contents_of_registries_are_listed_test() ->
    with_registry(unique, fun(Guard, Pid, Name) ->
        {ok, _} = operate(Guard, register_process_with_metadata, (entry(Pid, k))#{metadata => term(v)}),
        ok = ?REGISTRY:put_meta(Name, limits, {max, 5}),
        {ok, #{'local' := #{names := Names}, global := #{names := 0}, registries := [Row]}} =
            operate(Guard, list_registry_contents, #{}),
        Names = length(registered()),
        #{registry := Name, keys := unique, entries := 1} = Row,
        One = #{registry => {atom, <<"registry_of_test">>}},
        {ok, #{entries := [Entry], total := 1, meta := Meta}} = operate(Guard, list_registry_contents, One),
        #{key := {'$term', k}, pid := Pid, value := {'$term', v}} = Entry,
        [#{value := {'$term', {max, 5}}}] = [M || #{key := {'$term', limits}} = M <- Meta],
        {ok, #{entries := [Entry]}} = operate(Guard, list_registry_contents, One#{key => term(k)}),
        {ok, #{entries := []}} = operate(Guard, list_registry_contents, One#{key => term(none)})
    end).

a_name_of_the_node_has_no_room_for_metadata_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        {ok, #{registered := true, kept_in := daemon, name := registry_plain_name}} =
            operate(Guard, register_process_with_metadata, #{
                name => {atom, <<"registry_plain_name">>}, pid => argument(Pid), metadata => term(#{a => 1})
            }),
        Pid = whereis(registry_plain_name),
        Update = #{name => {atom, <<"registry_plain_name">>}, metadata => term(#{a => 2})},
        {ok, #{pid := Pid, kept_in := daemon, metadata := {'$term', #{a := 2}}}} =
            operate(Guard, update_process_metadata, Update),
        {error, {not_found, _, #{field := <<"name">>}}} =
            operate(Guard, update_process_metadata, Update#{name => {atom, <<"lists">>}}),
        {error, {invalid, _, _}} = operate(Guard, register_process_with_metadata, #{pid => argument(Pid)}),
        Pid ! stop
    end).

%% ---- states of Elixir's processes -------------------------------------------------------------

an_agents_state_is_read_and_changed_test() ->
    {ok, Pid} = 'Elixir.Agent':start(fun() -> #{count => 1} end),
    with_agent(fun(Guard) ->
        {ok, #{kind := gen_server, state := {'$term', #{count := 1}}, hash := Hash}} =
            operate(Guard, get_genserver_state, #{pid => argument(Pid)}),
        {ok, #{replaced := true}} =
            operate(Guard, update_genserver_state, #{
                pid => argument(Pid), path => term([count]), value => term(2), expected => Hash
            })
    end),
    2 = 'Elixir.Agent':get(Pid, fun(#{count := Count}) -> Count end),
    exit(Pid, kill).

a_struct_keeps_the_keys_of_its_module_test() ->
    Struct = 'Elixir.URI':parse(<<"http://a/b">>),
    {ok, Pid} = 'Elixir.Agent':start(fun() -> Struct end),
    with_agent(fun(Guard) ->
        Arguments = #{pid => argument(Pid)},
        {error, {refused, _, #{field := <<"path">>}}} =
            operate(Guard, update_genserver_state, Arguments#{path => term([extra]), value => term(1), create => true}),
        {error, {refused, _, #{field := <<"mapping">>}}} =
            operate(Guard, migrate_process_state, Arguments#{mapping => term(#{drop => [port]})}),
        {ok, #{same_form := true, old_form := <<"struct URI">>}} =
            operate(Guard, update_genserver_state, Arguments#{path => term([<<"host">>]), value => term(<<"c">>)}),
        {ok, #{valid := true}} =
            operate(Guard, validate_genserver_state, Arguments#{shape => term({struct, 'Elixir.URI', #{host => string}})})
    end),
    <<"c">> = maps:get(host, 'Elixir.Agent':get(Pid, fun(State) -> State end)),
    exit(Pid, kill).

a_dynamic_supervisors_state_is_its_behaviours_own_test() ->
    {ok, Pid} = 'Elixir.DynamicSupervisor':start_link([{strategy, one_for_one}]),
    with_agent(fun(Guard) ->
        {ok, #{kind := supervisor}} = operate(Guard, get_genserver_state, #{pid => argument(Pid)}),
        {error, {refused, _, #{closest := _}}} =
            operate(Guard, set_genserver_state, #{pid => argument(Pid), state => term(x)})
    end),
    unlink(Pid),
    exit(Pid, kill).
