%% Operations that read and change the states of processes.
%%
%% What is shown comes through sys:get_status/1, so that a format_status callback can hide secrets;
%% hashes, backups and changes are of the state itself. A change runs inside the process, where the
%% state is compared with the hash that was expected, so nothing can come between.
-module(whitebeam_states).

-export([handler/1, change/2, named/1]).

-define(QUEUE, 1000).
-define(MEMORY, 67108864).
-define(BOUND, 100).
-define(CALLBACK_MS, 1000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_genserver_state) -> fun get_genserver_state/1;
handler(set_genserver_state) -> fun set_genserver_state/1;
handler(update_genserver_state) -> fun update_genserver_state/1;
handler(backup_genserver_state) -> fun backup_genserver_state/1;
handler(restore_genserver_state) -> fun restore_genserver_state/1;
handler(migrate_process_state) -> fun migrate_process_state/1;
handler(compress_genserver_state) -> fun compress_genserver_state/1;
handler(_) -> undefined.

%% ---- reading ----------------------------------------------------------------------------------

%% The state with the hash by which a change can say what it expects. Cost: three system messages and
%% a copy of the state.
get_genserver_state(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Kind = whitebeam_state_access:kind(Pid),
    {Hashes, {Status, State}} = consistent(Pid, Arguments, 2),
    {ok, maps:merge(hash_rows(Hashes), #{
        pid => Pid,
        kind => Kind,
        module => whitebeam_state_access:callback(Pid),
        status => Status,
        state => {'$term', State},
        form => whitebeam_state_shape:form(State),
        bytes => erlang:external_size(State),
        changing => Hashes =:= changing
    })}.

%% The hash is worth something only if it is that of the state shown.
consistent(Pid, Arguments, Tries) ->
    Before = whitebeam_state_access:hashes(Pid, Arguments),
    Shown = shown(Pid, Arguments),
    case whitebeam_state_access:hashes(Pid, Arguments) of
        Before -> {Before, Shown};
        _ when Tries > 0 -> consistent(Pid, Arguments, Tries - 1);
        _ -> {changing, Shown}
    end.

shown(Pid, Arguments) ->
    Limits = [whitebeam_state_access:timeout(Arguments), ?QUEUE, ?MEMORY, whitebeam_state_access:limit()],
    case whitebeam_state:state([Pid | Limits]) of
        {ok, {Status, _, State}} -> {Status, State};
        {error, {Code, Text, [Size, Limit]}} ->
            whitebeam_arguments:fail(Code, Text, #{size => Size, limit => Limit});
        {error, {Code, Text, _}} -> whitebeam_arguments:fail(Code, Text)
    end.

hash_rows(changing) ->
    #{hash => undefined};
hash_rows(Hash) when is_binary(Hash) ->
    #{hash => Hash};
hash_rows(Rows) ->
    Handlers = [#{handler => M, id => {'$inspect', Id}, hash => Hash} || {M, Id, Hash} <- Rows],
    Only = case Rows of [{_, _, Hash}] -> Hash; _ -> undefined end,
    #{hash => Only, handlers => Handlers}.

%% ---- changing ---------------------------------------------------------------------------------

%% Replaces the state. With `expected`, only if it still has that hash. Cost: a copy of the new state to the
%% process, and the steps that measuring and hashing both take there.
set_genserver_state(#{state := Term} = Arguments) ->
    New = whitebeam_arguments:term(Term),
    change(Arguments, fun(_) -> {New, #{}} end).

%% Replaces a part of the state, by `path`, or makes a new one by `function`.
update_genserver_state(#{function := Text} = Arguments) ->
    maps:get(allow_code, Arguments, false) =:= true orelse
        whitebeam_arguments:fail(
            refused,
            <<
                "a function runs inside the process and can do anything there: it needs `allow_code`; "
                "`path` and `value` do not"
            >>,
            #{field => <<"allow_code">>, closest => <<"update_genserver_state">>}
        ),
    Function = whitebeam_state_code:parse(Text),
    change(Arguments, fun(Old) -> {Function(Old), #{}} end);
update_genserver_state(#{path := PathTerm} = Arguments) ->
    Path = whitebeam_state_path:check(whitebeam_arguments:term(PathTerm)),
    change(Arguments, part(maps:get(action, Arguments, put), Path, Arguments));
update_genserver_state(_) ->
    Text = <<"give `path` and `value`, or `function`">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"path">>}).

part(delete, Path, _) ->
    fun(Old) ->
        Was = whitebeam_state_shape:shown(Path, whitebeam_state_path:get(Path, Old)),
        {whitebeam_state_path:delete(Path, Old), #{path => {'$term', Path}, old => Was, new => undefined}}
    end;
part(put, Path, #{value := Term} = Arguments) ->
    Value = whitebeam_arguments:term(Term),
    Create = maps:get(create, Arguments, false) =:= true,
    fun(Old) ->
        New = whitebeam_state_path:put(Path, Value, Create, Old),
        Was = try whitebeam_state_path:get(Path, Old) of Found -> whitebeam_state_shape:shown(Path, Found)
              catch throw:_ -> undefined
              end,
        Is = whitebeam_state_shape:shown(Path, whitebeam_state_path:get(Path, New)),
        {New, #{path => {'$term', Path}, old => Was, new => Is}}
    end;
part(put, _, _) ->
    whitebeam_arguments:fail(invalid, <<"the new value is missing">>, #{field => <<"value">>}).

%% Brings the state into the form of another version of its module, see whitebeam_state_migration.
migrate_process_state(#{mapping := Term} = Arguments) ->
    Plan = whitebeam_state_migration:plan(whitebeam_arguments:term(Term)),
    Path =
        case Arguments of
            #{path := PathTerm} -> whitebeam_state_path:check(whitebeam_arguments:term(PathTerm));
            _ -> []
        end,
    Apply = fun(Part) -> whitebeam_state_migration:apply_plan(Plan, Part) end,
    change(Arguments, fun(Old) -> {whitebeam_state_path:update(Path, Apply, Old), #{}} end).

%% Changes the state to what Make(Old) makes of it, {New, Extra}, with Extra part of the answer. With
%% `dry_run`, Make runs here on a copy instead.
-spec change(map(), fun((term()) -> {term(), map()})) -> {ok, map()}.
change(#{pid := Process} = Arguments, Make) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Kind = whitebeam_state_access:kind(Pid),
    Step = step(expected(Arguments), Make, takes(Kind, Pid)),
    case Arguments of
        #{dry_run := true} ->
            {Old, _} = whitebeam_state_access:copy(Pid, Arguments),
            Timeout = whitebeam_state_access:timeout(Arguments),
            {_, #{old_hash := Hash} = Answer} = whitebeam_bounded:run(fun() -> Step(Old) end, Timeout),
            {ok, Answer#{pid => Pid, kind => Kind, replaced => false, hash => Hash, dry_run => true}};
        _ ->
            Answer = whitebeam_state_access:run(Pid, Arguments, fun(Old) ->
                {New, Answer} = Step(Old),
                {replace, New, Answer}
            end),
            {ok, read_back(Pid, Arguments, Answer#{pid => Pid, kind => Kind, replaced => true})}
    end.

expected(#{expected := Hash}) -> string:lowercase(Hash);
expected(_) -> any.

step(Expected, Make, Takes) ->
    fun(Old) ->
        OldHash = whitebeam_state_shape:hash(Old),
        Expected =:= any orelse Expected =:= OldHash orelse changed_meanwhile(OldHash),
        {New, Extra} = Make(Old),
        ok = Takes(New),
        {New, Extra#{
            old_hash => OldHash,
            new_hash => whitebeam_state_shape:hash(New),
            old_form => whitebeam_state_shape:form(Old),
            new_form => whitebeam_state_shape:form(New),
            same_form => whitebeam_state_shape:same_form(Old, New)
        }}
    end.

-spec changed_meanwhile(binary()) -> no_return().
changed_meanwhile(Hash) ->
    Text = <<"the state is not the one that was expected: it changed meanwhile">>,
    whitebeam_arguments:fail(conflict, Text, #{field => <<"expected">>, hash => Hash}).

%% What the process has now: a message may have changed it since.
read_back(Pid, Arguments, #{new_hash := New} = Answer) ->
    try whitebeam_state_access:run(Pid, Arguments, fun(State) -> {answer, whitebeam_state_shape:hash(State)} end) of
        Hash -> Answer#{hash => Hash, changed_since => Hash =/= New}
    catch
        throw:{error, {Code, _, _}} -> Answer#{hash => undefined, changed_since => undefined, read_back => Code}
    end.

%% ---- what a behaviour takes as a state --------------------------------------------------------

%% A function that throws if the behaviour could not go on with the new state. It runs inside.
takes(supervisor, _) ->
    whitebeam_arguments:fail(refused, <<"the state of a supervisor is its behaviour's own">>, #{
        closest => <<"set_supervisor_flags, replace_child_spec">>
    });
takes(gen_statem, Pid) ->
    Module = whitebeam_state_access:callback(Pid),
    Functions = has_state_functions(Module),
    fun(New) -> statem_takes(New, Functions, Module) end;
takes(_, _) ->
    fun(_) -> ok end.

has_state_functions(undefined) ->
    false;
has_state_functions(Module) ->
    try whitebeam_bounded:run(fun() -> Module:callback_mode() end, ?CALLBACK_MS) of
        Modes when is_list(Modes) -> lists:member(state_functions, Modes);
        Mode -> Mode =:= state_functions
    catch
        throw:_ -> false
    end.

statem_takes({Name, _}, true, Module) ->
    (is_atom(Name) andalso erlang:function_exported(Module, Name, 3)) orelse
        whitebeam_arguments:fail(invalid, io_lib:format("its module has no state ~0tP", [Name, 12]), #{
            field => <<"state">>
        }),
    ok;
statem_takes({_, _}, false, _) ->
    ok;
statem_takes(_, _, _) ->
    Text = <<"the state of a gen_statem is {StateName, Data}">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"state">>}).

%% ---- backup and restore -----------------------------------------------------------------------

%% The state in the external term format, with what in it is bound to this node.
backup_genserver_state(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Kind = whitebeam_state_access:kind(Pid),
    {State, Hash} = whitebeam_state_access:copy(Pid, Arguments),
    External = term_to_binary(State, [deterministic]),
    {ok, maps:merge(named(Pid), maps:merge(not_restorable(State), #{
        kind => Kind,
        module => whitebeam_state_access:callback(Pid),
        taken_at => {'$time', erlang:system_time(millisecond)},
        hash => Hash,
        form => whitebeam_state_shape:form(State),
        bytes => byte_size(External),
        external => External
    }))}.

-spec named(pid()) -> map().
named(Pid) ->
    maps:with([pid, name], whitebeam_bounds:brief(Pid)).

not_restorable(State) ->
    {Found, Total} = whitebeam_state_shape:bound(State, ?BOUND),
    #{
        not_restorable => [bound_row(One) || One <- Found],
        not_restorable_total => Total
    }.

bound_row({Path, Kind, One}) ->
    #{path => {'$term', Path}, kind => Kind, value => {'$inspect', One}, alive => alive(One)}.

alive(Pid) when is_pid(Pid), node(Pid) =:= node() -> is_process_alive(Pid);
alive(Port) when is_port(Port), node(Port) =:= node() -> erlang:port_info(Port, id) =/= undefined;
alive(_) -> undefined.

%% Replaces the state by one that was kept, and tells what in it is bound to a node or a time.
restore_genserver_state(#{state := Term} = Arguments) ->
    New = whitebeam_arguments:term(Term),
    Bound = not_restorable(New),
    {ok, Answer} = change(Arguments, fun(_) -> {New, #{}} end),
    {ok, maps:merge(Answer, Bound)}.

%% ---- size -------------------------------------------------------------------------------------

%% How large the state is, how large it would be compressed, and what a garbage collection gains. A
%% running process cannot keep its state compressed: its code expects the terms. Cost: a copy of the
%% state and its compression, and a major collection of the process.
compress_genserver_state(#{pid := Process} = Arguments) ->
    Dry = maps:get(dry_run, Arguments, false) =:= true,
    Pid = whitebeam_arguments:alive(Process),
    Kind = whitebeam_state_access:kind(Pid),
    {State, Hash} = whitebeam_state_access:copy(Pid, Arguments),
    External = term_to_binary(State, [deterministic]),
    Before = heap(Pid),
    Collected = not Dry andalso erlang:garbage_collect(Pid),
    {ok, maps:merge(named(Pid), #{
        kind => Kind,
        hash => Hash,
        bytes => byte_size(External),
        compressed_bytes => byte_size(zlib:compress(External)),
        before => Before,
        'after' => heap(Pid),
        collected => Collected,
        stored_compressed => false,
        dry_run => Dry,
        note => <<"The process keeps its state as it was: its code expects terms. What was gained is garbage.">>,
        closest => <<"hibernate_process">>
    })}.

heap(Pid) ->
    case erlang:process_info(Pid, [memory, total_heap_size]) of
        [{_, Memory}, {_, Words}] ->
            #{memory => Memory, heap_bytes => Words * erlang:system_info(wordsize)};
        undefined ->
            whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    end.
