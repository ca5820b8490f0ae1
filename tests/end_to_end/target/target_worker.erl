%% Starts a worker of a behaviour, each in a module of its own.
-module(target_worker).

-export([start_link/3, spec/2, slow/2]).

start_link(gen_server, Name, State) ->
    gen_server:start_link({local, Name}, target_server, State, []);
start_link(gen_statem, Name, State) ->
    gen_statem:start_link({local, Name}, target_statem, State, []);
start_link(gen_event, Name, State) ->
    {ok, Pid} = gen_event:start_link({local, Name}),
    ok = gen_event:add_handler(Pid, target_event, State),
    {ok, Pid}.

%% The specification of a gen_server named like its id.
spec(Id, More) ->
    maps:merge(#{id => Id, start => {?MODULE, start_link, [gen_server, Id, Id]}}, More).

%% The specification of a child whose init waits until it is told `go`.
slow(Id, More) ->
    maps:merge(#{id => Id, start => {target_server, start_slow, [Id]}}, More).
