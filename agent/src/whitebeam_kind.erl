%% Which kind of process it is, as far as that is proven, and which messages its callback module
%% takes. A kind that is not proven is `plain`: such a process may understand anything or nothing.
-module(whitebeam_kind).

-export([of_process/1, of_process/2, is_supervisor/1, name/1, module/1, takes/2, handlers/2]).

-export_type([kind/0]).

-type kind() :: {gen_server | gen_statem | gen_fsm | gen_event | supervisor, module() | undefined} | plain.

%% The behaviours that a module may name, and the loop that its processes run.
-define(SERVERS, [gen_server, 'Elixir.GenServer', gen_server2, 'Elixir.GenStage']).

%% Where the node cannot read a single key of a dictionary, the whole is read up to this memory of the process.
-define(MEMORY_OF_ONE, 67108864).

%% Cost: one signal, or two and a copy of the dictionary.
-spec of_process(pid()) -> kind().
of_process(Pid) ->
    of_process(Pid, ?MEMORY_OF_ONE).

%% The same with another limit (bytes), for those who ask about many.
-spec of_process(pid(), non_neg_integer()) -> kind().
of_process(Pid, Memory) ->
    case whitebeam_process:initial_call(Pid, Memory) of
        {supervisor, Module, _} -> {supervisor, Module};
        {supervisor_bridge, Module, _} -> {supervisor, Module};
        {supervisor2, _, _} -> {supervisor, supervisor2};
        {ranch_conns_sup, _, _} -> {supervisor, ranch_conns_sup};
        {'Elixir.DynamicSupervisor', _, _} -> {supervisor, 'Elixir.DynamicSupervisor'};
        {gen_event, init_it, _} -> {gen_event, undefined};
        {Module, init, 1} -> of_module(Module, whitebeam_system:behaviours_of(Module), Pid);
        _ -> of_loop(erlang:process_info(Pid, current_function))
    end.

of_module(Module, Behaviours, Pid) ->
    Kinds = [Kind || Behaviour <- Behaviours, Kind <- [of_behaviour(Behaviour)], Kind =/= other],
    case Kinds of
        [Kind | _] -> {Kind, Module};
        [] -> of_loop(erlang:process_info(Pid, current_function))
    end.

of_behaviour(supervisor2) -> supervisor;
of_behaviour(gen_statem) -> gen_statem;
of_behaviour(gen_fsm) -> gen_fsm;
of_behaviour('Elixir.GenEvent') -> gen_event;
of_behaviour(Behaviour) ->
    case lists:member(Behaviour, ?SERVERS) of
        true -> gen_server;
        false -> other
    end.

%% A process that waits in a behaviour's own receive is of that behaviour; which module it calls back
%% does not show there.
of_loop({_, {gen_server, loop, _}}) -> {gen_server, undefined};
of_loop({_, {gen_statem, loop_receive, _}}) -> {gen_statem, undefined};
of_loop({_, {gen_statem, loop, _}}) -> {gen_statem, undefined}; % OTP 29
of_loop({_, {gen_event, fetch_msg, _}}) -> {gen_event, undefined};
of_loop(_) -> plain.

-spec is_supervisor(pid()) -> boolean().
is_supervisor(Pid) ->
    case of_process(Pid) of
        {supervisor, _} -> true;
        _ -> false
    end.

%% A kind as answers show it.
-spec name(kind()) -> atom().
name({Kind, _}) -> Kind;
name(plain) -> plain.

-spec module(kind()) -> module() | undefined.
module({_, Module}) -> Module;
module(plain) -> undefined.

%% Whether a process of this kind handles such messages: `unknown` when nothing proves or disproves it.
%% Of a gen_event that depends on its handlers, see handlers/2.
-spec takes(kind(), info | cast | call) -> yes | no | unknown.
takes({supervisor, _}, _) -> no;
takes({gen_event, _}, _) -> yes;
takes({_, undefined}, _) -> unknown;
takes({gen_server, Module}, info) -> exports(Module, handle_info, 2);
takes({gen_server, Module}, cast) -> exports(Module, handle_cast, 2);
takes({gen_server, Module}, call) -> exports(Module, handle_call, 3);
takes({gen_statem, Module}, _) -> has_states(Module);
takes({gen_fsm, Module}, info) -> exports(Module, handle_info, 3);
takes({gen_fsm, _}, _) -> no;
takes(plain, info) -> unknown;
takes(plain, _) -> no.

exports(Module, Function, Arity) ->
    case erlang:function_exported(Module, Function, Arity) of
        true -> yes;
        false -> no
    end.

%% A state is handled by handle_event/4, or by a function of three arguments with its name.
has_states(Module) ->
    Exports = erlang:get_module_info(Module, exports),
    case [F || {F, A} <- Exports, A =:= 3 andalso F =/= terminate orelse {F, A} =:= {handle_event, 4}] of
        [] -> no;
        _ -> yes
    end.

%% The handlers that are installed in a gen_event. Throws like whitebeam_sys:check/1.
-spec handlers(pid(), non_neg_integer()) -> [module() | {module(), term()}].
handlers(Pid, TimeoutMs) ->
    ok = whitebeam_sys:check(Pid),
    {Asker, Monitor} = spawn_monitor(fun() -> exit({handlers, gen_event:which_handlers(Pid)}) end),
    receive
        {'DOWN', Monitor, process, _, {handlers, Handlers}} -> Handlers;
        {'DOWN', Monitor, process, _, _} -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    after TimeoutMs ->
        demonitor(Monitor, [flush]),
        exit(Asker, kill),
        whitebeam_arguments:fail(busy, <<"the process did not answer in time">>)
    end.
