%% A gen_statem in the state `open`.
-module(target_statem).
-behaviour(gen_statem).

-export([init/1, callback_mode/0, handle_event/4]).

callback_mode() ->
    handle_event_function.

init(Data) ->
    {ok, open, Data}.

handle_event(_, _, _, _) ->
    keep_state_and_data.
