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

%% Only our own modules are deleted and purged: first all are made old, then, as the last thing this
%% process does, one that executes none of them purges them. What still runs them is only this
%% process on its last step.
leave(Modules) ->
    ok = whitebeam_filter:remove_all(),
    true = unregister(whitebeam_keeper),
    [code:delete(Module) || Module <- Modules],
    spawn(lists, foreach, [fun code:purge/1, Modules]).
