%% What it costs the target to have a module loaded and removed, as the daemon has the agent.
-module(target_code).

-export([load_and_remove/1, empty/0]).

%% A module with nothing in it but what every module has.
-spec empty() -> {module(), binary()}.
empty() ->
    {ok, Module, Binary} = compile:forms([{attribute, 1, module, target_empty}], [deterministic]),
    {Module, Binary}.

%% Microseconds to load it, and to delete and purge it; bytes of code that it took; microseconds
%% that a timer of 1 ms, which ran beside it all the time, was late at most.
-spec load_and_remove({module(), binary()}) -> [integer()].
load_and_remove({Module, Binary}) ->
    Timer = start_timer(),
    Before = erlang:memory(code),
    {Loading, ok} = timer:tc(fun() -> code:atomic_load([{Module, "", Binary}]) end),
    Bytes = erlang:memory(code) - Before,
    {Removing, true} = timer:tc(fun() ->
        true = code:delete(Module),
        erts_code_purger:soft_purge(Module)
    end),
    [Loading, Removing, Bytes, stop_timer(Timer)].

%% It runs when it has been through its first millisecond.
start_timer() ->
    Self = self(),
    Timer = spawn_link(fun() ->
        _ = late(0),
        Self ! {self(), running},
        late_until_stopped(0)
    end),
    receive {Timer, running} -> Timer end.

stop_timer(Timer) ->
    Timer ! {stop, self()},
    receive {Timer, Most} -> Most end.

late_until_stopped(Most) ->
    Now = late(Most),
    receive
        {stop, From} -> From ! {self(), Now}
    after 0 -> late_until_stopped(Now)
    end.

late(Most) ->
    Start = erlang:monotonic_time(microsecond),
    receive after 1 -> ok end,
    max(Most, erlang:monotonic_time(microsecond) - Start - 1000).
