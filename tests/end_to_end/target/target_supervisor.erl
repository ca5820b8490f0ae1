%% A supervisor as its arguments say.
-module(target_supervisor).
-behaviour(supervisor).

-export([start_link/3, init/1]).

start_link(Name, Flags, Children) ->
    supervisor:start_link({local, Name}, ?MODULE, {Flags, Children}).

init({Flags, Children}) ->
    {ok, {Flags, Children}}.
