%% Processes of each behaviour for the tests of operations. As a gen_server it does what it is told:
%% {run, Fun} answers or runs Fun(), and every message that nothing else is done with goes to `tell`.
-module(agent_servers).
-behaviour(gen_server).

-export([start/0, start/1, start_link/1, bare/0, machine/0, events/1, supervisor/2, child/1, child/2, only_child/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

%% A server that tells the caller, or another process, what it gets.
start() ->
    start(#{tell => self()}).

start(State) ->
    {ok, Pid} = gen_server:start(?MODULE, State, []),
    Pid.

start_link(State) ->
    gen_server:start_link(?MODULE, State, maps:get(options, State, [])).

%% A server whose module has no handle_info/2.
bare() ->
    {ok, Pid} = gen_server:start(agent_bare_server, [], []),
    Pid.

machine() ->
    {ok, Pid} = gen_statem:start(agent_machine, self(), []),
    Pid.

events(Handlers) ->
    {ok, Pid} = gen_event:start(),
    [ok = gen_event:add_handler(Pid, Handler, self()) || Handler <- Handlers],
    Pid.

supervisor(Flags, Children) ->
    {ok, Pid} = supervisor:start_link(?MODULE, {supervisor, Flags, Children}),
    unlink(Pid),
    Pid.

child(Id) ->
    child(Id, #{tell => self()}).

child(Id, State) ->
    #{id => Id, start => {?MODULE, start_link, [State]}}.

only_child(Supervisor) ->
    [{_, Pid, _, _}] = supervisor:which_children(Supervisor),
    Pid.

init({supervisor, Flags, Children}) ->
    {ok, {Flags, Children}};
init(#{trap := true} = State) ->
    process_flag(trap_exit, true),
    {ok, State};
init(State) ->
    {ok, State}.

handle_call({run, Fun}, _, State) ->
    {reply, Fun(), State};
handle_call({crash, Reason}, _, _) ->
    error(Reason);
handle_call(never, _, State) ->
    {noreply, State};
handle_call(timeout, _, State) ->
    {reply, ok, State, 60000};
handle_call(Message, _, State) ->
    {reply, {got, Message}, State}.

handle_cast({run, Fun}, State) ->
    Fun(),
    {noreply, State};
handle_cast({crash, Reason}, _) ->
    error(Reason);
handle_cast(Message, State) ->
    told({cast, Message}, State).

handle_info({crash, Reason}, _) ->
    error(Reason);
handle_info(Message, State) ->
    told({info, Message}, State).

told(Message, #{tell := Pid} = State) ->
    Pid ! {self(), Message},
    {noreply, State};
told(_, State) ->
    {noreply, State}.

terminate(Reason, #{tell := Pid}) ->
    Pid ! {self(), {terminate, Reason}};
terminate(_, _) ->
    ok.
