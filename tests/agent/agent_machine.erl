%% A gen_statem, and a handler of a gen_event, that tell a process what they get, for tests.
-module(agent_machine).
-behaviour(gen_statem).

-export([init/1, callback_mode/0, open/3, handle_event/2, handle_call/2]).

callback_mode() -> state_functions.

%% With a pid and nothing else, what is started is a gen_statem in the state open, or a handler.
init(Pid) ->
    case get('$initial_call') of
        {gen_event, _, _} -> {ok, Pid};
        _ -> {ok, open, Pid}
    end.

open({call, From}, Message, Pid) ->
    {keep_state, Pid, {reply, From, {got, Message}}};
open(Type, Message, Pid) ->
    Pid ! {self(), {Type, Message}},
    keep_state_and_data.

handle_event(Event, Pid) ->
    Pid ! {self(), {event, Event}},
    {ok, Pid}.

handle_call(crash, _) -> error(oops);
handle_call(Message, Pid) -> {ok, {got, Message}, Pid}.
