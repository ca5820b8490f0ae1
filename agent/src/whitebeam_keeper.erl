%% The keeper: one process for each node that knows which guards live on it, and removes the agent's
%% code when the last one has gone. Several daemons may so share one copy of the agent.
%%
%% It is the only process of the agent with a registered name.
-module(whitebeam_keeper).

-export([join/2]).

%% Puts a guard in the keeper's care; starts the keeper if there is none.
%% Cost: a message each way, and once a process.
-spec join(pid(), [module()]) -> ok.
join(Guard, Modules) ->
    Keeper = keeper(Modules),
    Wait = monitor(process, Keeper),
    Keeper ! {join, self(), Wait, Guard},
    receive
        {Wait, joined} ->
            demonitor(Wait, [flush]),
            ok;
        {'DOWN', Wait, process, _, _} ->
            exit(whitebeam_leaving)
    end.

keeper(Modules) ->
    case whereis(whitebeam_keeper) of
        undefined ->
            Pid = spawn_opt(fun() -> wait_for_first(Modules) end, [{message_queue_data, off_heap}]),
            try register(whitebeam_keeper, Pid) of
                true -> Pid
            catch
                error:badarg ->
                    exit(Pid, kill),
                    keeper(Modules)
            end;
        Pid ->
            Pid
    end.

wait_for_first(Modules) ->
    receive
        {join, From, Tag, Guard} -> loop(Modules, accept(From, Tag, Guard, #{}))
    after 5000 -> leave(Modules)
    end.

accept(From, Tag, Guard, Guards) ->
    Monitor = monitor(process, Guard),
    From ! {Tag, joined},
    Guards#{Monitor => Guard}.

loop(Modules, Guards) when map_size(Guards) =:= 0 ->
    leave(Modules);
loop(Modules, Guards) ->
    receive
        {join, From, Tag, Guard} -> loop(Modules, accept(From, Tag, Guard, Guards));
        {'DOWN', Monitor, process, _, _} -> loop(Modules, maps:remove(Monitor, Guards));
        _ -> loop(Modules, Guards)
    end.

%% Only our own modules are deleted and purged, and softly: a supervisor may be inside our question, a
%% process that logs inside our filter, and a hard purge would kill it. The purge is tried again until
%% nobody runs the old code any more, by a process that runs none of it and does not occupy the code
%% server. The registered name goes with this process, after the code: who joins meanwhile is refused.
leave(Modules) ->
    ok = whitebeam_filter:remove_all(),
    %% Two daemons may have loaded the same part at once: then there is old code already.
    [erts_code_purger:soft_purge(Module) andalso code:delete(Module) || Module <- Modules],
    {ok, Tokens, _} = erl_scan:string(purger(Modules)),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    spawn(erl_eval, exprs, [Expressions, []]).

purger(Modules) ->
    lists:flatten(
        io_lib:format(
            "Purge = fun Again([], _) -> ok; Again(_, 0) -> ok; "
            "Again([M | Ms] = All, N) -> case erts_code_purger:soft_purge(M) of "
            "true -> Again(Ms, N); false -> timer:sleep(100), Again(All, N - 1) end end, "
            "Purge(~p, 600).",
            [Modules]
        )
    ).
