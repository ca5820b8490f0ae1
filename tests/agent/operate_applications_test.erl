%% Tests of operations on applications and their environment, compared with what application itself says.
-module(operate_applications_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3]).
-import(supervisor_fixture, [process/1, term/1, text/1, kill/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "operations on applications").

%% Runs Test(Guard) with the applications base and above, which needs it, loaded.
with(Test) ->
    with_agent(fun(Guard) ->
        ok = supervisor_fixture:application(base, [], [x, y]),
        ok = supervisor_fixture:application(above, [base], [z]),
        Test(Guard),
        supervisor_fixture:unload(above),
        supervisor_fixture:unload(base)
    end).

running() ->
    [Name || {Name, _, _} <- application:which_applications()].

type(Name) ->
    proplists:get_value(Name, proplists:get_value(started, application:info())).

is_running(Name) ->
    lists:member(Name, running()).

%% ---- start and stop ---------------------------------------------------------------------------

an_application_is_started_and_stopped_test() ->
    with(fun(Guard) ->
        Arguments = #{application => text(base)},
        {ok, #{dry_run := true, starts := [base]}} = operate(Guard, start_application, Arguments#{dry_run => true}),
        false = is_running(base),
        {ok, #{running := true, type := temporary, started := [base], top := Top}} =
            operate(Guard, start_application, Arguments),
        true = is_running(base),
        2 = length(supervisor:which_children(Top)),
        {error, {conflict, _, _}} = operate(Guard, start_application, Arguments),
        {ok, #{dry_run := true, ends := #{total := 3}, dependents := []}} =
            operate(Guard, stop_application, Arguments#{dry_run => true}),
        true = is_running(base),
        {ok, #{running := false, still_alive := []}} = operate(Guard, stop_application, Arguments),
        false = is_running(base),
        false = is_process_alive(Top),
        {error, {refused, _, _}} = operate(Guard, stop_application, Arguments)
    end).

what_it_needs_is_started_too_where_that_is_asked_for_test() ->
    with(fun(Guard) ->
        Arguments = #{application => text(above)},
        {error, {refused, _, #{needs := [<<"base">>]}}} = operate(Guard, start_application, Arguments),
        {ok, #{starts := [base, above]}} =
            operate(Guard, start_application, Arguments#{ensure_all_started => true, dry_run => true}),
        {ok, #{started := [base, above], running := true}} =
            operate(Guard, start_application, Arguments#{ensure_all_started => true}),
        [true, true] = [is_running(Name) || Name <- [base, above]]
    end).

an_application_becomes_permanent_when_it_runs_test() ->
    with(fun(Guard) ->
        {ok, #{type := permanent}} =
            operate(Guard, start_application, #{application => text(base), type => permanent}),
        permanent = type(base),
        {error, {invalid, _, #{field := <<"type">>}}} =
            operate(Guard, start_application, #{application => text(above), type => sometimes})
    end).

%% Started as permanent by itself, this would end the node.
an_application_that_does_not_start_does_no_harm_test() ->
    with_agent(fun(Guard) ->
        ok = supervisor_fixture:application(failing, [], {failing, no_reason}),
        {error, {crashed, Text, _}} =
            operate(Guard, start_application, #{application => text(failing), type => permanent}),
        {_, _} = binary:match(Text, <<"no_reason">>),
        false = is_running(failing),
        ok = application:unload(failing)
    end).

unknown_applications_are_not_found_test() ->
    with_agent(fun(Guard) ->
        [
            {error, {not_found, _, #{field := <<"application">>}}} =
                operate(Guard, Name, #{application => text(lists), key => text(x)})
         || Name <- [
             start_application, stop_application, restart_application, get_application_info, get_application_env,
             get_all_application_env
         ]
        ],
        {error, {unknown_atom, _, _}} =
            operate(Guard, get_application_info, #{application => {atom, <<"no_such_application_here">>}}),
        {error, {invalid, _, _}} = operate(Guard, get_application_info, #{})
    end).

what_others_need_is_stopped_only_with_force_test() ->
    with(fun(Guard) ->
        {ok, _} = application:ensure_all_started(above),
        {error, {refused, _, #{needed_by := [<<"above">>]}}} =
            operate(Guard, stop_application, #{application => text(base)}),
        {error, {refused, _, _}} = operate(Guard, restart_application, #{application => text(base)}),
        true = is_running(base),
        {ok, #{running := false, dependents := [above]}} =
            operate(Guard, stop_application, #{application => text(base), force => true}),
        [false, true] = [is_running(Name) || Name <- [base, above]]
    end).

the_runtime_is_never_stopped_test() ->
    with_agent(fun(Guard) ->
        [
            {error, {protected, _, _}} = operate(Guard, Operation, #{application => text(Name), force => true})
         || Operation <- [stop_application, restart_application], Name <- [kernel, stdlib]
        ]
    end).

%% ---- restart ----------------------------------------------------------------------------------

an_application_is_restarted_as_what_it_was_test() ->
    with(fun(Guard) ->
        ok = application:start(base, permanent),
        {ok, #{top := Old}} = operate(Guard, get_application_info, #{application => text(base)}),
        {ok, #{dry_run := true, stops := [base], starts := [base], ends := #{total := 3}}} =
            operate(Guard, restart_application, #{application => text(base), dry_run => true}),
        {ok, #{old_top := Old, top := New, running := true, type := permanent}} =
            operate(Guard, restart_application, #{application => text(base)}),
        permanent = type(base),
        [false, true] = [is_process_alive(Pid) || Pid <- [Old, New]]
    end).

dependents_are_restarted_too_where_that_is_asked_for_test() ->
    with(fun(Guard) ->
        {ok, _} = application:ensure_all_started(above),
        {ok, #{top := Old}} = operate(Guard, get_application_info, #{application => text(above)}),
        {ok, #{stops := [above, base], starts := [base, above], started := Started, dependents_left_running := []}} =
            operate(Guard, restart_application, #{application => text(base), dependents => true}),
        [{base, true, undefined}, {above, true, undefined}] =
            [{Name, Up, Error} || #{application := Name, running := Up, error := Error} <- Started],
        false = is_process_alive(Old),
        {ok, #{dependents_left_running := [above]}} =
            operate(Guard, restart_application, #{application => text(base), force => true})
    end).

the_top_of_an_application_is_restarted_with_it_test() ->
    with(fun(Guard) ->
        ok = application:start(base),
        {ok, #{top := Old}} = operate(Guard, get_application_info, #{application => text(base)}),
        {error, {refused, _, #{closest := <<"stop_application">>}}} =
            operate(Guard, stop_supervisor, #{name => process(Old)}),
        {ok, #{dry_run := true, by := application_controller}} =
            operate(Guard, restart_supervisor, #{name => process(Old), dry_run => true}),
        {ok, #{new_pid := New, alive := true}} = operate(Guard, restart_supervisor, #{name => process(Old)}),
        {ok, #{top := New}} = operate(Guard, get_application_info, #{application => text(base)})
    end).

%% ---- information ------------------------------------------------------------------------------

applications_are_listed_as_the_controller_says_test() ->
    with(fun(Guard) ->
        ok = application:start(base),
        {ok, #{applications := Which}} = operate(Guard, which_applications, #{}),
        Truth = application:which_applications(),
        Truth =
            [{Name, binary_to_list(D), binary_to_list(V)} || #{name := Name, description := D, version := V} <- Which],
        {ok, #{applications := All, total := Total}} = operate(Guard, list_applications, #{}),
        Total = length(application:loaded_applications()),
        [{base, true, temporary}, {above, false, undefined}] =
            [
                {Name, Up, Type} || Wanted <- [base, above], #{name := Name, running := Up, type := Type} <- All,
                Name =:= Wanted
            ],
        {ok, #{applications := Running}} = operate(Guard, list_applications, #{running => true}),
        true = lists:sort(running()) =:= lists:sort([Name || #{name := Name} <- Running])
    end).

an_application_is_described_test() ->
    with(fun(Guard) ->
        {ok, _} = application:ensure_all_started(above),
        {ok, Info} = operate(Guard, get_application_info, #{application => text(base)}),
        #{
            name := base, version := <<"1.2.3">>, description := <<"under test">>, running := true, type := temporary,
            applications := [kernel, stdlib], dependents := [above], modules := [supervisor_fixture], module_count := 1,
            callback := supervisor_fixture, environment_keys := 2, master := Master, top := Top
        } = Info,
        {ok, base} = application:get_application(Top),
        true = is_pid(Master),
        {ok, #{running := true, top := Kernel}} =
            operate(Guard, get_application_info, #{application => text(kernel)}),
        Kernel = whereis(kernel_sup)
    end).

the_controller_is_described_test() ->
    with(fun(Guard) ->
        ok = application:start(base, transient),
        {ok, #{pid := Pid, running := Running, started := Started, loaded := Loaded, message_queue_len := _}} =
            operate(Guard, application_controller_info, #{}),
        Pid = whereis(application_controller),
        true = lists:sort(Running) =:= lists:sort(running()),
        true = lists:member(#{name => base, type => transient}, Started),
        true = lists:member(above, Loaded)
    end).

%% ---- environment ------------------------------------------------------------------------------

an_environment_is_read_and_written_test() ->
    with(fun(Guard) ->
        Key = #{application => text(base), key => text(color)},
        {ok, #{set := true, value := {'$term', green}}} = operate(Guard, get_application_env, Key),
        {ok, #{set := false, value := undefined}} = operate(Guard, get_application_env, Key#{key => text(unset)}),
        Set = Key#{value => term({blue, [1]})},
        {ok, #{dry_run := true, previous := {'$term', green}}} =
            operate(Guard, set_application_env, Set#{dry_run => true}),
        {ok, green} = application:get_env(base, color),
        {ok, #{set := true, was_set := true, previous := {'$term', green}, value := {'$term', {blue, [1]}}}} =
            operate(Guard, set_application_env, Set),
        {ok, {blue, [1]}} = application:get_env(base, color),
        {ok, #{total := 2, environment := [#{key := color, value := {'$term', {blue, [1]}}}, #{key := password}]}} =
            operate(Guard, get_all_application_env, #{application => text(base)}),
        {ok, #{dry_run := true}} = operate(Guard, unset_application_env, Key#{dry_run => true}),
        {ok, #{set := false, previous := {'$term', {blue, [1]}}}} = operate(Guard, unset_application_env, Key),
        undefined = application:get_env(base, color),
        {error, {not_found, _, #{field := <<"key">>}}} = operate(Guard, unset_application_env, Key)
    end).

a_persistent_value_outlives_loading_test() ->
    with(fun(Guard) ->
        {ok, #{persistent := true}} = operate(Guard, set_application_env, #{
            application => text(base), key => text(color), value => term(red), persistent => true
        }),
        ok = application:unload(base),
        ok = supervisor_fixture:application(base, [], []),
        {ok, red} = application:get_env(base, color),
        ok = application:unset_env(base, color, [{persistent, true}])
    end).

the_environment_of_the_runtime_needs_force_test() ->
    with_agent(fun(Guard) ->
        Arguments = #{application => text(kernel), key => text(color), value => term(red), dry_run => true},
        {error, {protected, _, _}} = operate(Guard, set_application_env, Arguments),
        {ok, _} = operate(Guard, set_application_env, Arguments#{force => true})
    end).

a_large_value_is_only_measured_test() ->
    with(fun(Guard) ->
        ok = application:set_env(base, large, lists:seq(1, 100000)),
        {ok, #{too_large := true, value := undefined, words := Words}} =
            operate(Guard, get_application_env, #{application => text(base), key => text(large)}),
        true = Words >= 200000,
        {ok, #{environment := Rows}} = operate(Guard, get_all_application_env, #{application => text(base)}),
        [true] = [TooLarge || #{key := large, too_large := TooLarge} <- Rows]
    end).

%% ---- configuration ----------------------------------------------------------------------------

a_configuration_is_set_and_told_test() ->
    with(fun(Guard) ->
        ok = application:start(base),
        register(listener, self()),
        Config = [{base, [{color, red}, {password, "secret"}, {shape, round}]}, {kernel, [{error_logger, x}]}],
        Arguments = #{config => term(Config), notify => true},
        {ok, #{dry_run := true, total := 4, changes := Changes}} =
            operate(Guard, load_application_config, Arguments#{dry_run => true}),
        [{color, changed}, {password, same}, {shape, new}, {error_logger, protected}] =
            [{K, C} || #{key := K, change := C} <- Changes],
        {ok, green} = application:get_env(base, color),
        {ok, #{set := 2, told := [#{application := base, result := <<"ok">>}]}} =
            operate(Guard, load_application_config, Arguments),
        receive {config_change, [{color, red}], [{shape, round}], []} -> ok end,
        [{ok, red}, {ok, round}] = [application:get_env(base, Key) || Key <- [color, shape]],
        {ok, #{set := 0, told := []}} = operate(Guard, load_application_config, Arguments),
        unregister(listener),
        {ok, #{told := [#{result := Failed}]}} =
            operate(Guard, load_application_config, Arguments#{config => term([{base, [{color, blue}]}])}),
        {_, _} = binary:match(Failed, <<"badarg">>)
    end).

a_configuration_of_the_wrong_form_is_refused_test() ->
    with(fun(Guard) ->
        [
            {error, {invalid, _, #{field := <<"config">>}}} =
                operate(Guard, load_application_config, #{config => term(Wrong)})
         || Wrong <- [
             x, [x], [{base, x}], [{base, [x]}], [{base, [{"key", 1}]}], [{base, []}, {base, []}],
             [{base, [{a, 1}, {a, 2}]}]
         ]
        ],
        {error, {invalid, _, _}} = operate(Guard, load_application_config, #{}),
        {ok, green} = application:get_env(base, color)
    end).

a_configuration_is_read_from_a_file_test() ->
    with(fun(Guard) ->
        File = filename:join(os:getenv("TMPDIR", "/tmp"), "whitebeam_" ++ os:getpid() ++ ".config"),
        Load = fun(Text) ->
            ok = file:write_file(File, Text),
            operate(Guard, load_application_config, #{path => list_to_binary(File)})
        end,
        {ok, #{set := 1, files := [_]}} = Load("[{base, [{color, yellow}]}]."),
        {ok, yellow} = application:get_env(base, color),
        [{error, {invalid, _, #{field := <<"path">>}}} = Load(Wrong) || Wrong <- ["", "[{base, ", "[]. [].", "{a, b}.", "[{base, 1}]."]],
        {error, {too_large, _, _}} = Load(lists:duplicate(1048577, $ )),
        ok = file:delete(File),
        {error, {invalid, _, _}} = operate(Guard, load_application_config, #{path => list_to_binary(File)}),
        {error, {invalid, _, _}} = operate(Guard, load_application_config, #{path => <<"/etc/passwd">>})
    end).

%% A VM of its own, started with a sys.config that names another file.
the_files_of_the_command_line_are_read_again_test() ->
    Folder = filename:join(os:getenv("TMPDIR", "/tmp"), "whitebeam_" ++ os:getpid()),
    ok = filelib:ensure_dir(filename:join(Folder, "x")),
    Write = fun(Name, Term) -> ok = file:write_file(filename:join(Folder, Name), io_lib:format("~p.~n", [Term])) end,
    Write("sys.config", [{base, [{color, red}, {given, file}]}, "more"]),
    Write("more.config", [{base, [{shape, round}]}]),
    Paths =
        lists:append([["-pa", Path] || Path <- [filename:dirname(code:which(M)) || M <- [?MODULE, whitebeam_agent]]]),
    Arguments = ["-config", filename:join(Folder, "sys"), "-base", "given", "command_line" | Paths],
    {ok, Peer, _} = peer:start_link(#{connection => standard_io, args => Arguments}),
    Self = peer:call(Peer, erlang, whereis, [init]),
    true = is_pid(Self),
    {ok, First} = peer:call(Peer, ?MODULE, reloaded, [[]]),
    #{set := 0, files := [_]} = First,
    Write("sys.config", [{base, [{color, blue}, {given, other}]}, "more"]),
    Write("more.config", [{base, [{shape, square}]}]),
    {ok, #{set := 2, changes := Changes}} = peer:call(Peer, ?MODULE, reloaded, [[]]),
    [{color, changed}, {given, kept}, {shape, changed}] = lists:sort([{K, C} || #{key := K, change := C} <- Changes]),
    [{ok, blue}, {ok, square}, {ok, command_line}] =
        [peer:call(Peer, application, get_env, [base, Key]) || Key <- [color, shape, given]],
    peer:stop(Peer),
    ok = file:del_dir_r(Folder).

%% Runs in that VM.
reloaded(_) ->
    case application:get_key(base, vsn) of
        undefined -> ok = supervisor_fixture:application(base, [], []);
        _ -> ok
    end,
    {Guard, _} = agent_fixture:start_agent(agent_fixture:modules()),
    Answer = operate(Guard, reload_application_config, #{}),
    agent_fixture:stop_agent(Guard, agent_fixture:modules()),
    Answer.

without_files_nothing_is_read_again_test() ->
    with_agent(fun(Guard) ->
        {error, {refused, _, #{closest := <<"load_application_config">>}}} =
            operate(Guard, reload_application_config, #{})
    end).
