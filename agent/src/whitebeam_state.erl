%% The state of one process, read safely: only from processes that are proven to understand system
%% messages, only when they are small and idle enough, through sys:get_status/2, so that the
%% format_status callback can hide secrets.
-module(whitebeam_state).

-export([state/1, is_proven/1]).

-define(MEMORY_OF_ONE, 67108864).
-define(QUEUE, 1000).
-define(SYS, [
    gen_server, gen_statem, gen_event, gen_fsm, supervisor, supervisor_bridge, supervisor2,
    gen_server2, 'Elixir.GenServer', 'Elixir.Supervisor', 'Elixir.DynamicSupervisor',
    'Elixir.GenStage', 'Elixir.GenEvent'
]).

%% Answers {SysState, Module, State}, with SysState running or suspended. Errors: not_sys, queue,
%% too_large (with size and limit in bytes), busy, gone. Cost: a copy of the state.
-spec state([term()]) -> {ok, {atom(), module(), term()}} | {error, tuple()}.
state([Pid, TimeoutMs, MaxQueue, MaxMemory, MaxBytes]) ->
    case Pid =:= whereis(auth) of
        true -> {error, {protected, <<"it holds the node's cookie">>, #{}}};
        false -> readable(Pid, TimeoutMs, MaxQueue, MaxMemory, MaxBytes)
    end.

readable(Pid, TimeoutMs, MaxQueue, MaxMemory, MaxBytes) ->
    case erlang:process_info(Pid, [message_queue_len, memory, status]) of
        undefined ->
            gone();
        [{_, Queue} | _] when Queue > MaxQueue ->
            {error, {queue, <<"too many messages wait before the question">>, [Queue, MaxQueue]}};
        [_, {_, Memory} | _] when Memory > MaxMemory ->
            {error, {too_large, <<"the process is too large for its state to be copied">>,
                [Memory, MaxMemory]}};
        [_, _, {_, suspended}] ->
            {error, {busy, <<"the process is suspended">>, []}};
        _ ->
            proven(Pid, TimeoutMs, MaxBytes)
    end.

gone() ->
    {error, {gone, <<"the process is not alive">>, []}}.

%% Whether the process understands system messages, proven by its behaviour. Where only the whole
%% dictionary can be read, up to this memory of a process that something is to be done to.
-spec is_proven(pid()) -> boolean().
is_proven(Pid) ->
    waits_as_sys(Pid) orelse is_sys(whitebeam_process:initial_call(Pid, ?MEMORY_OF_ONE)).

proven(Pid, TimeoutMs, MaxBytes) ->
    Initial = whitebeam_process:initial_call(Pid),
    case is_sys(Initial) orelse waits_as_sys(Pid) of
        true ->
            read(Pid, TimeoutMs, MaxBytes);
        false when Initial =:= unknown ->
            {error, {not_sys, <<"it is too large for its behaviour to be found out on this release">>, []}};
        false ->
            {error, {not_sys, <<"it is not a process of a known behaviour">>, []}}
    end.

is_sys({supervisor, _, _}) -> true;
is_sys({supervisor_bridge, _, _}) -> true;
is_sys({gen_event, init_it, _}) -> true;
%% Only init/1: a process may be started with any function of a module that has a behaviour.
is_sys({Module, init, 1}) -> lists:any(fun(B) -> lists:member(B, ?SYS) end, whitebeam_system:behaviours_of(Module));
is_sys(_) -> false.

%% An Agent's '$initial_call' is the function it was given; but a process that waits in a behaviour's
%% own receive is of that behaviour.
waits_as_sys(Pid) ->
    case erlang:process_info(Pid, current_function) of
        {_, {gen_server, loop, _}} -> true;
        {_, {gen_statem, loop_receive, _}} -> true;
        {_, {gen_statem, loop, _}} -> true; % OTP 29
        {_, {gen_event, fetch_msg, _}} -> true;
        {_, {sys, suspend_loop, _}} -> true; % whatever it is, it reads nothing but system messages here
        _ -> false
    end.

%% The state is measured where it is, as a copy of it would be: terms that share parts grow when they are
%% copied, without a bound.
read(Pid, TimeoutMs, MaxBytes) ->
    try measured(Pid, TimeoutMs, MaxBytes) of
        ok -> copied(Pid, TimeoutMs, MaxBytes)
    catch
        throw:{error, Error} -> {error, Error}
    end.

measured(Pid, TimeoutMs, MaxBytes) ->
    Most = 8 * MaxBytes, % in memory it may be larger than in external form
    Measure = fun(State) -> {answer, whitebeam_state_shape:measure(State, Most)} end,
    {Answers, _} = whitebeam_sys:each(Pid, Measure, TimeoutMs, ?QUEUE),
    lists:member(over, Answers) andalso
        whitebeam_arguments:fail(too_large, <<"the state is too large">>, #{limit => MaxBytes}),
    ok.

copied(Pid, TimeoutMs, MaxBytes) ->
    try sys:get_status(Pid, TimeoutMs) of
        {status, _, {module, Module}, [_, SysState, _, _, Misc]} ->
            fit(SysState, Module, extract(Misc), MaxBytes)
    catch
        exit:{timeout, _} -> {error, {busy, <<"the process did not answer in time">>, [TimeoutMs]}};
        exit:_ -> gone()
    end.

fit(SysState, Module, State, MaxBytes) ->
    case erlang:external_size(State) of
        Size when Size > MaxBytes ->
            {error, {too_large, <<"the state is too large">>, [Size, MaxBytes]}};
        _ ->
            {ok, {SysState, Module, State}}
    end.

%% gen_server and gen_statem put {data, [{"State", State}]} last, gen_event its handlers; a
%% format_status callback may have put anything there.
extract(Misc) when is_list(Misc) ->
    States = [State || {data, Data} <- Misc, is_list(Data), {"State", State} <- Data],
    Handlers = [Handlers || {items, {"Installed handlers", Handlers}} <- Misc],
    case {States, Handlers} of
        {[], [Installed]} -> [handler(Handler) || Handler <- Installed];
        {[], []} -> custom(Misc);
        _ -> lists:last(States)
    end;
extract(Misc) ->
    Misc.

custom(Misc) ->
    case [Part || Part <- Misc, not is_data(Part)] of
        [] -> Misc;
        Parts -> lists:last(Parts)
    end.

is_data({header, _}) -> true;
is_data({data, [{"Status", _} | _]}) -> true;
is_data(_) -> false.

%% #handler{module, id, state, supervised}
handler(Handler) when is_tuple(Handler), tuple_size(Handler) >= 4, element(1, Handler) =:= handler ->
    {element(2, Handler), element(3, Handler), element(4, Handler)};
handler(Handler) ->
    Handler.
