%% Tests of the merged module: what is put into a node is one module, made of the agent's modules by
%% tools/merge_agent, which have their own tests in agent_test. Only the merged one is on the code
%% path here. Its source is read for the table of functions, so that a new one is not forgotten.
-module(merged_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [eventually/1, ask/3, idle/0, snapshot/0, is_ours/1]).

-define(MERGED, whitebeam_agent).
-define(SOURCE, "agent/src/whitebeam_agent.erl").

main() ->
    agent_fixture:run_tests(?MODULE, "the merged module").

%% ---- helpers ----------------------------------------------------------------------------------

%% The functions that whitebeam_agent's table names, as {Request, {Module, Function, Arity}}.
table() ->
    {ok, Forms} = epp:parse_file(?SOURCE, []),
    [Clauses] = [Clauses || {function, _, function, 1, Clauses} <- Forms],
    [{Name, Call} || {clause, _, [{atom, _, Name}], _, Body} <- Clauses, Call <- remote_funs(Body)].

remote_funs({'fun', _, {function, {atom, _, M}, {atom, _, F}, {integer, _, A}}}) -> [{M, F, A}];
remote_funs(Form) when is_tuple(Form) -> remote_funs(tuple_to_list(Form));
remote_funs(Forms) when is_list(Forms) -> lists:append([remote_funs(Form) || Form <- Forms]);
remote_funs(_) -> [].

%% The parts that are loaded into a node.
parts() ->
    {ok, Parts} = file:consult("agent/parts"),
    [Part || {Part, _} <- Parts].

%% What tools/merge_agent calls a function.
merged({M, F, A}) ->
    {list_to_atom(atom_to_list(M) ++ "." ++ atom_to_list(F)), A}.

start_agent() ->
    agent_fixture:start_agent(parts()).

stop_agent(Guard) ->
    agent_fixture:stop_agent(Guard, parts()).

init({supervisor, Children}) -> {ok, {#{}, Children}};
init({server, State}) -> {ok, State}.

start_child(State) -> gen_server:start_link(?MODULE, {server, State}, []).

%% ---- what it is -------------------------------------------------------------------------------

only_the_merged_module_is_on_the_path_test() ->
    Files = lists:append([filelib:wildcard("whitebeam*.beam", Path) || Path <- code:get_path()]),
    true = lists:sort([atom_to_list(Part) ++ ".beam" || Part <- parts()]) =:= lists:sort(Files),
    [non_existing = code:which(M) || M <- lists:usort([M || {_, {M, _, _}} <- table()]), M =/= ?MERGED].

it_exports_what_the_daemon_calls_and_the_table_names_test() ->
    {ok, {?MERGED, [{exports, Exports}]}} = beam_lib:chunks(code:which(?MERGED), [exports]),
    true = lists:member({start, 2}, Exports),
    Table = table(),
    true = lists:keymember(sweep, 1, Table), % the table was found
    [] = [Call || {_, Call} <- Table, not lists:member(merged(Call), Exports)].

%% A call of a module that was merged would fail in the node, where there is no such module.
it_calls_none_of_the_modules_it_was_made_of_test() ->
    Parts = parts(),
    Exports = [{P, F, A} || P <- Parts, {F, A} <- chunk(P, exports)],
    Calls = [Call || P <- Parts, {M, _, _} = Call <- chunk(P, imports), is_ours(M)],
    [] = [Call || {M, _, _} = Call <- Calls, not lists:member(M, Parts)],
    [] = [Call || Call <- Calls, not lists:member(Call, Exports)].

chunk(Part, Which) ->
    {ok, {Part, [{Which, List}]}} = beam_lib:chunks(code:which(Part), [Which]),
    List.

%% The first part must work without the others.
the_first_part_calls_no_other_test() ->
    [] = [Call || {M, _, _} = Call <- chunk(?MERGED, imports), is_ours(M), M =/= ?MERGED].

%% ---- what it does -----------------------------------------------------------------------------

a_guard_lives_from_start_to_detach_test() ->
    {First, _} = start_agent(),
    stop_agent(First), % what the first use loads stays loaded
    Before = snapshot(),
    {Guard, #{protocol := 1, otp := Otp, ticks := [], events := Events}} = start_agent(),
    Otp = list_to_integer(erlang:system_info(otp_release)),
    true = is_process_alive(Events),
    Guard ! {heartbeat, 17},
    receive {heartbeat, 17, {Processes, _, 0}} when Processes > 10 -> ok end,
    {ok, #{process_limit := _}, []} = ask(Guard, figures, []),
    {file, _} = code:is_loaded(?MERGED),
    stop_agent(Guard),
    [false, false] = [is_process_alive(Pid) || Pid <- [Guard, Events]],
    eventually(fun() -> snapshot() =:= Before end).

%% As the daemon loads it: from memory, under a file name that says whose it is.
it_lives_without_a_file_test() ->
    {ok, Beam} = file:read_file(code:which(?MERGED)),
    ok = code:atomic_load([{?MERGED, "whitebeam", Beam}]),
    {Guard, _} = start_agent(),
    {ok, _, [_ | _]} = ask(Guard, sweep, [2]),
    {file, "whitebeam"} = code:is_loaded(?MERGED),
    stop_agent(Guard).

%% As the daemon does it: an operation says what it needs, is given it, and runs.
parts_are_loaded_when_they_are_needed_and_leave_with_the_agent_test() ->
    [code:purge(Part) || Part <- parts(), Part =/= ?MERGED],
    {Guard, _} = start_agent(),
    Victim = idle(),
    [_, Id, Serial] = [list_to_integer(N) || N <- string:tokens(pid_to_list(Victim), "<.>")],
    Arguments = #{pid => {pid, Id, Serial}, reason => {term, [<<"kill">>], term_to_binary(kill)}, timeout_ms => 1000},
    {error, {part, _, #{parts := [_ | _] = Needed}}, []} = ask(Guard, operate, [kill_process, Arguments]),
    true = is_process_alive(Victim),
    [{ok, loaded, []} = ask(Guard, load_part, [Part, beam(Part)]) || Part <- Needed],
    [{ok, loaded, []} = ask(Guard, load_part, [Part, beam(Part)]) || Part <- Needed],
    {ok, #{ended := true}, []} = ask(Guard, operate, [kill_process, Arguments]),
    stop_agent(Guard).

beam(Part) ->
    {ok, Beam} = file:read_file(filename:join("build/merged", atom_to_list(Part) ++ ".beam")),
    Beam.

%% Every operation of every module is known, with parts that exist.
every_operation_has_its_parts_test() ->
    Sources = filelib:wildcard("agent/src/*.erl"),
    Names = [Name || Source <- Sources, Name <- operations(Source)],
    true = length(Names) > 100,
    Missing = merged({whitebeam_parts, missing, 1}),
    Owners = merged({whitebeam_parts, owners, 2}),
    [] = [Name || Name <- Names, [] =/= apply(?MERGED, element(1, Missing), [Name]) -- parts()],
    [] = [Name || Name <- Names, length(apply(?MERGED, element(1, Owners), [Name, []])) =/= 1].

operations(Source) ->
    {ok, Forms} = epp:parse_file(Source, []),
    [Name || {function, _, handler, 1, Clauses} <- Forms, {clause, _, [{atom, _, Name}], _, _} <- Clauses].

%% A request for each row of the table, whose answer shows that the function behind it ran.
it_answers_every_request_of_its_table_test() ->
    {Guard, _} = start_agent(),
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, [
        #{id => a, start => {?MODULE, start_child, [x]}}
    ]}),
    [{a, Child, _, _}] = supervisor:which_children(Supervisor),
    Requests = requests(Supervisor, Child),
    Asked = lists:sort([Name || {Name, _, _} <- Requests]),
    Asked = lists:sort([Name || {Name, _} <- table()]),
    Wrong = [
        {Name, Answer}
     || {Name, Args, IsRight} <- Requests, Answer <- [ask(Guard, Name, Args)], not IsRight(Answer)
    ],
    [] = Wrong,
    true = is_process_alive(Supervisor),
    stop_agent(Guard).

requests(Supervisor, Child) ->
    Kernel = whereis(kernel_sup),
    Victim = idle(),
    [_, Id, Serial] = [list_to_integer(N) || N <- string:tokens(pid_to_list(Child), "<.>")],
    [
        {sweep, [1], fun({Word, Count, Parts}) -> Word =:= ok andalso Count > 10 andalso Parts =/= [] end},
        {identify, [[Child], [Child], []], fun({Word, {_, [Row], {Pids, _, _, _}}, _}) ->
            Word =:= ok andalso element(1, Row) =:= Child andalso Pids =:= [Child]
        end},
        {refresh, [[Child]], fun({Word, {_, [Row]}, _}) -> Word =:= ok andalso element(1, Row) =:= Child end},
        {load_part, [whitebeam_part_names, beam(whitebeam_part_names)], fun({Word, Answer, _}) ->
            Word =:= ok andalso Answer =:= loaded
        end},
        {operate, [list_leases, #{}], fun({Word, Answer, _}) -> Word =:= ok andalso Answer =:= #{leases => []} end},
        {relations, [[Child]], fun({Word, {_, Count}, [[Row]]}) ->
            Word =:= ok andalso Count =:= 1 andalso lists:member(Supervisor, element(2, Row))
        end},
        {names, [], fun({Word, _, Parts}) ->
            Word =:= ok andalso lists:member({kernel_sup, Kernel}, lists:append(Parts))
        end},
        {applications, [], fun({Word, Rows, _}) -> Word =:= ok andalso lists:keymember(kernel, 1, Rows) end},
        {behaviours, [[rpc]], fun({Word, [{rpc, Of}], _}) -> Word =:= ok andalso lists:member(gen_server, Of) end},
        {figures, [], fun({Word, Figures, _}) -> Word =:= ok andalso is_map_key(memory, Figures) end},
        {supervisors, [[Supervisor], true, 1000], fun({Word, _, Parts}) ->
            Children = [{I, Pid} || {children, _, Rows} <- Parts, {I, Pid, _, _, _, _, _} <- Rows],
            Word =:= ok andalso Children =:= [{a, Child}] andalso lists:last(Parts) =:= {read, Supervisor}
        end},
        {details, [Child, [links], 10], fun({Word, Details, _}) ->
            Word =:= ok andalso maps:get(links, Details) =:= [Supervisor]
        end},
        {exit_signal, [Victim, <<"kill">>, false, false, 1000], fun(Answer) ->
            {ok, {ended, killed}, []} =:= Answer andalso not is_process_alive(Victim)
        end},
        {whereis_name, [<<"kernel_sup">>], fun(Answer) -> {ok, Kernel, []} =:= Answer end},
        {find_pid, [Id, Serial], fun(Answer) -> {ok, Child, []} =:= Answer end},
        {state, [Child, 1000, 1000, 1 bsl 26, 1 bsl 20], fun(Answer) ->
            {ok, {running, gen_server, x}, []} =:= Answer
        end}
    ].

%% The logger calls the filter by its name in the merged module.
it_tells_what_supervisors_report_test() ->
    {Guard, #{events := Events}} = start_agent(),
    Watched = idle(),
    Events ! {watch, [Watched]},
    eventually(fun() -> process_info(Watched, monitored_by) =:= {monitored_by, [Events]} end),
    exit(Watched, because),
    receive {event, _, {down, _, Watched, because}} -> ok end,
    ok = logger:set_primary_config(level, error),
    ok = logger:update_handler_config(default, level, none),
    process_flag(trap_exit, true),
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, [
        #{id => b, start => {?MODULE, start_child, [x]}}
    ]}),
    [{b, Child, _, _}] = supervisor:which_children(Supervisor),
    exit(Child, kill),
    receive {event, _, {report, _, Supervisor, child_terminated, Child, b, killed}} -> ok end,
    ok = logger:set_primary_config(level, none),
    stop_agent(Guard),
    [] = [Id || {Id, _} <- maps:get(filters, logger:get_primary_config()), is_ours(Id)].
