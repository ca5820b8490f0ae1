%% A node for tests: evaluates expressions that come as lines on standard input, so that a test can
%% ask the node itself for the truth. Each answer is one line that starts with "@@ ": the value as
%% ~w, or the bytes of Text for a value {text, Text}.
%%
%% Beside that, functions that say in JSON what whitebeam is to say, and fixtures to look at.
-module(target).
-behaviour(application).

-export([run/0, json/1, eval/2]).
-export([process/2, processes/1, initial/1, module/1, snapshot/0, children/1, counts/1]).
-export([supervisor/3, worker/3, plain/1, acknowledged/1, application/1, start/2, stop/1]).

%% ---- the loop ---------------------------------------------------------------------------------

run() ->
    Pid = spawn(fun() -> loop(erl_eval:new_bindings()) end),
    register(target, Pid).

loop(Bindings) ->
    case io:get_line('') of
        Line when is_list(Line); is_binary(Line) -> % a binary under Elixir
            {Text, Next} = eval(unicode:characters_to_list(Line), Bindings),
            io:put_chars(["@@ ", Text, $\n]),
            loop(Next);
        _ ->
            halt(0, [{flush, false}])
    end.

eval(Line, Bindings) ->
    try
        {ok, Tokens, _} = erl_scan:string(Line),
        {ok, Expressions} = erl_parse:parse_exprs(Tokens),
        case erl_eval:exprs(Expressions, Bindings) of
            {value, {text, Text}, Next} -> {Text, Next};
            {value, Value, Next} -> {io_lib:format("~w", [Value]), Next}
        end
    catch
        Class:Reason:Stack ->
            Error = io_lib:format("~0p", [{failed, Class, Reason, Stack}]),
            {unicode:characters_to_binary(Error), Bindings}
    end.

%% ---- JSON -------------------------------------------------------------------------------------

json(undefined) -> <<"null">>;
json(Atom) when Atom =:= true; Atom =:= false -> atom_to_binary(Atom);
json(Atom) when is_atom(Atom) -> json(name_text(Atom));
json(Integer) when is_integer(Integer) -> integer_to_binary(Integer);
json(Binary) when is_binary(Binary) -> [$", [escape(C) || <<C>> <= Binary], $"];
json(Pid) when is_pid(Pid) -> json(pid_text(Pid));
json(List) when is_list(List) -> [$[, lists:join($,, [json(Item) || Item <- List]), $]];
json(Map) when is_map(Map) ->
    Members = [[json(atom_to_binary(Key)), $:, json(Value)] || {Key, Value} <- maps:to_list(Map)],
    [${, lists:join($,, Members), $}];
json(Other) -> json(unicode:characters_to_binary(io_lib:format("~0tp", [Other]))).

escape(C) when C =:= $"; C =:= $\\ -> [$\\, C];
escape(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]);
escape(C) -> C.

pid_text(Pid) ->
    list_to_binary(["#PID", pid_to_list(Pid)]).

%% Elixir's names as Elixir shows them.
name_text(Atom) ->
    case atom_to_binary(Atom) of
        <<"Elixir.", Rest/binary>> -> Rest;
        Text -> Text
    end.

function({M, F, A}) ->
    iolist_to_binary([name_text(M), $., atom_to_binary(F), $/, integer_to_binary(A)]).

%% ---- processes --------------------------------------------------------------------------------

processes(Keys) ->
    [Row || Pid <- erlang:processes(), Row <- [process(Pid, Keys)], is_map(Row)].

process(Pid, Keys) ->
    case erlang:process_info(Pid, Keys) of
        undefined -> undefined;
        Values -> maps:from_list([{pid, Pid} | [shown(Pid, Value) || Value <- Values]])
    end.

shown(_, {registered_name, Name}) when is_atom(Name) -> {name, name_text(Name)};
shown(_, {registered_name, []}) -> {name, undefined};
shown(Pid, {initial_call, Initial}) ->
    {dictionary, Dictionary} = erlang:process_info(Pid, dictionary),
    {initial_call, function(proplists:get_value('$initial_call', Dictionary, Initial))};
shown(_, {current_function, undefined}) -> {current_function, undefined};
shown(_, {current_function, Function}) -> {current_function, function(Function)};
shown(_, {links, Links}) -> {links, [link_text(Link) || Link <- Links]};
shown(_, {monitors, Monitors}) -> {monitors, [link_text(Who) || {_, Who} <- Monitors]};
shown(_, {monitored_by, Pids}) -> {monitored_by, [link_text(Pid) || Pid <- Pids]};
shown(_, Value) -> Value.

%% What proc_lib noted, and the module whose code the process executes; `none` for dead ones.
initial(Pid) ->
    case erlang:process_info(Pid, dictionary) of
        {dictionary, Dictionary} -> proplists:get_value('$initial_call', Dictionary, none);
        undefined -> none
    end.

module(Pid) ->
    case erlang:process_info(Pid, current_function) of
        {current_function, {Module, _, _}} -> Module;
        _ -> none
    end.

link_text(Pid) when is_pid(Pid) -> pid_text(Pid);
link_text(Port) when is_port(Port) -> list_to_binary(erlang:port_to_list(Port));
link_text({Name, Node}) -> iolist_to_binary(io_lib:format("{:~s, :~s}", [Name, Node]));
link_text(Other) -> unicode:characters_to_binary(io_lib:format("~0tp", [Other])).

%% ---- what must be as before when nobody watches any more --------------------------------------

snapshot() ->
    Pids = lists:sort(erlang:processes()),
    #{
        processes => Pids,
        suspended => [Pid || Pid <- Pids, info(Pid, status) =:= {status, suspended}],
        watching => [{Pid, sorted(info(Pid, monitored_by)), sorted(info(Pid, monitors))} || Pid <- Pids],
        links => [{Pid, pids(info(Pid, links))} || Pid <- Pids],
        traced => [Pid || Pid <- Pids, erlang:trace_info(Pid, flags) =/= {flags, []}],
        new_traced => erlang:trace_info(new, flags),
        system_monitor => erlang:system_monitor(),
        system_profile => erlang:system_profile(),
        registered => lists:sort(erlang:registered()),
        tables => [name_text(Name) || Name <- lists:sort(ets:all()), is_atom(Name)],
        table_count => length(ets:all()),
        ports => length(erlang:ports()),
        modules => [M || {M, _} <- lists:sort(code:all_loaded()), ours(M)],
        old_modules => [M || M <- lists:sort(erlang:loaded()), ours(M) orelse erlang:check_old_code(M)],
        handlers => lists:sort(logger:get_handler_ids()),
        primary => logger:get_primary_config(),
        nodes => nodes(connected)
    }.

info(Pid, Key) ->
    erlang:process_info(Pid, Key).

pids({links, Links}) -> lists:sort([Pid || Pid <- Links, is_pid(Pid)]);
pids(undefined) -> undefined.

sorted({_, List}) -> lists:sort(List);
sorted(undefined) -> undefined.

ours(Module) ->
    lists:prefix("whitebeam", atom_to_list(Module)).

%% ---- supervisors ------------------------------------------------------------------------------

counts(Supervisor) ->
    maps:from_list(supervisor:count_children(Supervisor)).

children(Supervisor) ->
    [
        #{
            id => id_text(Id),
            pid => case is_pid(Pid) of true -> Pid; false -> undefined end,
            type => Type
        }
     || {Id, Pid, Type, _} <- supervisor:which_children(Supervisor)
    ].

id_text(Id) when is_atom(Id) -> name_text(Id);
id_text(Id) -> unicode:characters_to_binary(io_lib:format("~0tp", [Id])).

%% ---- fixtures ---------------------------------------------------------------------------------

%% A supervisor that is linked to nobody.
supervisor(Name, Flags, Children) ->
    {ok, Pid} = target_supervisor:start_link(Name, Flags, Children),
    unlink(Pid),
    Pid.

worker(Behaviour, Name, State) ->
    {ok, Pid} = target_worker:start_link(Behaviour, Name, State),
    unlink(Pid),
    Pid.

%% A process that understands no system message.
plain(Name) ->
    Pid = spawn(fun() -> receive stop -> ok end end),
    register(Name, Pid),
    Pid.

%% What proc_lib:start/3 can start, and spawn/3 too.
acknowledged(Name) ->
    register(Name, self()),
    get('$ancestors') =:= undefined orelse proc_lib:init_ack({ok, self()}),
    receive stop -> ok end.

%% An application with a supervisor of Children.
application(Children) ->
    ok = application:load(
        {application, target_application, [
            {description, "under test"},
            {vsn, "1.2.3"},
            {modules, []},
            {registered, []},
            {applications, [kernel, stdlib]},
            {mod, {target, Children}}
        ]}
    ),
    ok = application:start(target_application).

start(normal, Children) ->
    target_supervisor:start_link(target_top, #{strategy => one_for_one}, Children).

stop(_) ->
    ok.
