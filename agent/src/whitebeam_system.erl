%% The node as a whole: figures, applications, registered names, behaviours of modules.
-module(whitebeam_system).

-export([uptime_ms/0, figures/1, applications/1, names/1, behaviours/1, behaviours_of/1]).

-define(CHUNK, 500).

%% Memory, counts and limits. Cost: about 20 microseconds.
-spec figures([]) -> {ok, map()}.
figures([]) ->
    {{input, In}, {output, Out}} = erlang:statistics(io),
    {ok, #{
        memory => maps:from_list(erlang:memory()),
        processes => erlang:system_info(process_count),
        process_limit => erlang:system_info(process_limit),
        ports => erlang:system_info(port_count),
        port_limit => erlang:system_info(port_limit),
        atoms => erlang:system_info(atom_count),
        atom_limit => erlang:system_info(atom_limit),
        ets => erlang:system_info(ets_count),
        ets_limit => erlang:system_info(ets_limit),
        schedulers => erlang:system_info(schedulers),
        schedulers_online => erlang:system_info(schedulers_online),
        run_queue => erlang:statistics(run_queue),
        uptime_ms => uptime_ms(),
        input => In,
        output => Out
    }}.

%% Since the node started. statistics(wall_clock) would change what others see as "since last".
-spec uptime_ms() -> non_neg_integer().
uptime_ms() ->
    Native = erlang:monotonic_time() - erlang:system_info(start_time),
    erlang:convert_time_unit(Native, native, millisecond).

%% Running applications with their master, version, description and top supervisor. Read from the
%% application controller's table and from links, so that nobody is asked who might be busy.
-spec applications([]) -> {ok, [{atom(), pid(), binary(), binary(), pid() | undefined}]}.
applications([]) ->
    Masters = ets:match(ac_tab, {{application_master, '$1'}, '$2'}),
    {ok, [
        {Name, Master, key(Name, vsn), key(Name, description), top(Master)}
     || [Name, Master] <- Masters, is_pid(Master)
    ]}.

key(Name, Key) ->
    case application:get_key(Name, Key) of
        {ok, Text} when is_list(Text) ->
            case unicode:characters_to_binary(lists:sublist(Text, 200)) of
                Binary when is_binary(Binary) -> Binary;
                _ -> <<>>
            end;
        _ -> <<>>
    end.

%% The master is linked to the process that started the application, and that one to the top
%% supervisor, its child.
top(Master) ->
    Starters = [Pid || Pid <- links(Master), is_starter(Pid)],
    case [Top || Starter <- Starters, Top <- links(Starter), is_child(Top, Starter)] of
        [Top | _] -> Top;
        [] -> undefined
    end.

links(Pid) ->
    case erlang:process_info(Pid, links) of
        {links, Links} -> [Link || Link <- Links, is_pid(Link), node(Link) =:= node()];
        undefined -> []
    end.

is_starter(Pid) ->
    erlang:process_info(Pid, initial_call) =:= {initial_call, {application_master, start_it, 4}}.

is_child(Pid, Parent) ->
    erlang:process_info(Pid, parent) =:= {parent, Parent}.

%% Registered processes. Parts: [{Name, Pid}]. Cost: 0.1 microseconds a name.
-spec names([]) -> {ok, done}.
names([]) ->
    names(erlang:registered(), 0).

names([], _) ->
    {ok, done};
names(Names, Unpaid) ->
    {Now, Later} = lists:split(min(?CHUNK, length(Names)), Names),
    Rows = [{Name, Pid} || Name <- Now, Pid <- [whereis(Name)], is_pid(Pid)],
    names(Later, whitebeam_agent:part(Rows, Unpaid)).

%% The behaviour attributes of modules that are loaded; a module is never loaded for it.
-spec behaviours([[module()]]) -> {ok, [{module(), [atom()]}]}.
behaviours([Modules]) ->
    {ok, [{Module, behaviours_of(Module)} || Module <- Modules]}.

-spec behaviours_of(module()) -> [atom()].
behaviours_of(Module) ->
    case erlang:module_loaded(Module) of
        true ->
            [
                Behaviour
             || {Key, List} <- erlang:get_module_info(Module, attributes),
                Key =:= behaviour orelse Key =:= behavior,
                Behaviour <- List,
                is_atom(Behaviour)
            ];
        false -> []
    end.
