%% One of the idle gen_servers of the target; its state is a small map.
-module(target_worker).

-behaviour(gen_server).

-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

-spec start_link(pos_integer()) -> {ok, pid()}.
start_link(I) -> gen_server:start_link(target_worker, I, []).

init(I) ->
    {ok, #{number => I, name => <<"worker">>, seen => 0, items => []}}.

handle_call(_, _, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.
