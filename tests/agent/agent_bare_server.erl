%% A gen_server without the optional callbacks, for tests.
-module(agent_bare_server).
-behaviour(gen_server).

-export([init/1, handle_call/3, handle_cast/2]).

init(State) -> {ok, State}.

handle_call(Message, _, State) -> {reply, Message, State}.

handle_cast(_, State) -> {noreply, State}.
