%% Reaching the state of a process, whatever its behaviour: gen_server and Agent have one, of gen_statem
%% it is {StateName, Data}, of gen_event each handler has its own. Functions that are given run inside the
%% process, on a state that was measured before.
-module(whitebeam_state_access).

-export([kind/1, callback/1, run/3, copy/2, hashes/2, timeout/1, limit/0]).

-define(BYTES, 8388608). % of a copy of the state
-define(QUEUE, 1000).
-define(MEMORY, 67108864). % of a gen_event: sys copies the states of all its handlers

%% The most bytes that a state may have here.
-spec limit() -> pos_integer().
limit() -> ?BYTES.

-spec timeout(map()) -> pos_integer().
timeout(Arguments) ->
    max(1, min(10000, maps:get(timeout_ms, Arguments, 1000))).

%% The behaviour of a process that is proven to have one; what only understands system messages counts
%% as a gen_server. Cost: a signal or two.
-spec kind(pid()) -> gen_server | gen_statem | gen_fsm | gen_event | supervisor.
kind(Pid) ->
    ok = whitebeam_sys:check(Pid),
    case whitebeam_kind:of_process(Pid) of
        {Kind, _} -> Kind;
        plain -> gen_server
    end.

%% The callback module, where it is known.
-spec callback(pid()) -> module() | undefined.
callback(Pid) ->
    case whitebeam_kind:of_process(Pid) of
        {_, Module} when is_atom(Module), Module =/= undefined -> Module;
        _ ->
            case whitebeam_process:initial_call(Pid) of
                {Module, init, 1} -> Module;
                _ -> undefined
            end
    end.

%% Runs Fun on the state, or on the state of the handler that the arguments name. It answers {answer,
%% Answer} or {replace, New, Answer}, and may throw {error, Error}.
-spec run(pid(), map(), fun((term()) -> {answer, term()} | {replace, term(), term()})) -> term().
run(Pid, Arguments, Fun) ->
    Caught = caught(Fun),
    Result =
        case kind(Pid) of
            gen_event -> of_handler(Pid, Arguments, Caught);
            _ -> whitebeam_sys:inside(Pid, Caught, timeout(Arguments))
        end,
    case Result of
        {error, Error} -> throw({error, Error});
        {ok, Answer} -> Answer
    end.

caught(Fun) ->
    fun(State) ->
        try
            ok = fits(State),
            case Fun(State) of
                {answer, Answer} -> {answer, {ok, Answer}};
                {replace, New, Answer} ->
                    ok = fits(New),
                    {replace, New, {ok, Answer}}
            end
        catch
            throw:{error, {_, _, _} = Error} -> {answer, {error, Error}}
        end
    end.

fits(State) ->
    case whitebeam_state_shape:measure(State, ?BYTES) of
        {ok, _} -> ok;
        over -> whitebeam_arguments:fail(too_large, <<"the state is too large">>, #{limit => ?BYTES})
    end.

%% A copy of the state, and its hash.
-spec copy(pid(), map()) -> {term(), binary()}.
copy(Pid, Arguments) ->
    State = run(Pid, Arguments, fun(State) -> {answer, State} end),
    {State, whitebeam_state_shape:hash(State)}.

%% The hash of the state, of gen_event {Module, Id, Hash} of each handler.
-spec hashes(pid(), map()) -> binary() | [{module(), term(), binary()}].
hashes(Pid, Arguments) ->
    case kind(Pid) of
        gen_event ->
            ok = small(Pid),
            {Rows, _} = whitebeam_sys:each(Pid, fun handler_hash/1, timeout(Arguments), ?QUEUE),
            Rows;
        _ ->
            run(Pid, Arguments, fun(State) -> {answer, whitebeam_state_shape:hash(State)} end)
    end.

handler_hash({Module, Id, State}) ->
    case whitebeam_state_shape:measure(State, ?BYTES) of
        {ok, _} -> {answer, {Module, Id, whitebeam_state_shape:hash(State)}};
        over -> {answer, {Module, Id, undefined}}
    end.

%% ---- handlers of gen_event --------------------------------------------------------------------

small(Pid) ->
    case erlang:process_info(Pid, memory) of
        {memory, Memory} when Memory > ?MEMORY ->
            Details = #{size => Memory, limit => ?MEMORY},
            whitebeam_arguments:fail(too_large, <<"the process is too large">>, Details);
        _ -> ok
    end.

of_handler(Pid, Arguments, Fun) ->
    ok = small(Pid),
    Timeout = timeout(Arguments),
    {All, _} = whitebeam_sys:each(Pid, fun({M, I, _}) -> {answer, {M, I}} end, Timeout, ?QUEUE),
    Which = chosen([One || One <- All, is_meant(One, Arguments)], All),
    case whitebeam_sys:each(Pid, fun(Handler) -> if_it(Which, Handler, Fun) end, Timeout, ?QUEUE) of
        {[Answer], _} -> Answer;
        _ -> whitebeam_arguments:fail(conflict, <<"the handler was removed meanwhile">>)
    end.

is_meant({Module, Id}, Arguments) ->
    case Arguments of
        #{handler := Name} -> whitebeam_arguments:atom(Name) =:= Module;
        _ -> true
    end andalso
        case Arguments of
            #{handler_id := Term} -> whitebeam_arguments:term(Term) =:= Id;
            _ -> true
        end.

chosen([Handler], _) -> Handler;
chosen(Found, All) ->
    Text =
        case Found of
            [] -> <<"the event manager has no such handler">>;
            _ -> <<"the event manager has several handlers: `handler`, and `handler_id`, say which is meant">>
        end,
    Names = [unicode:characters_to_binary(io_lib:format("~0tP", [Handler, 12])) || Handler <- lists:sublist(All, 50)],
    whitebeam_arguments:fail(invalid, Text, #{field => <<"handler">>, handlers => Names}).

if_it({Module, Id}, {Module, Id, State}, Fun) ->
    case Fun(State) of
        {replace, New, Answer} -> {replace, {Module, Id, New}, Answer};
        Kept -> Kept
    end;
if_it(_, _, _) ->
    keep.
