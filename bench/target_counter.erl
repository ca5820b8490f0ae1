%% The gen_server of the target that is called and cast to. It counts its casts.
-module(target_counter).

-behaviour(gen_server).

-export([start/0, init/1, handle_call/3, handle_cast/2]).

-spec start() -> {ok, pid()}.
start() -> gen_server:start({local, target_counter}, target_counter, [], []).

init([]) -> {ok, 0}.

handle_call(count, _, Casts) -> {reply, Casts, Casts};
handle_call(Message, _, Casts) -> {reply, Message, Casts}.

handle_cast(_, Casts) -> {noreply, Casts + 1}.
