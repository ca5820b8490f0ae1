%% A gen_server whose state is what it was started with; it sleeps, stops and crashes on demand.
-module(target_server).
-behaviour(gen_server).

-export([start_slow/1, start_any/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, format_status/1]).

start_any(State) ->
    gen_server:start_link(?MODULE, State, []).

start_slow(Name) ->
    gen_server:start_link({local, Name}, ?MODULE, {slow, Name}, []).

init({slow, Name}) ->
    receive
        go -> {ok, Name}
    end;
init(State) ->
    {ok, State}.

handle_call({echo, Term}, _, State) ->
    {reply, Term, State};
handle_call(crash, _, _) ->
    exit(crash);
handle_call(_, _, State) ->
    {reply, ok, State}.

%% Waits for `go` outside of its loop.
handle_cast(wait, State) ->
    receive
        go -> {noreply, State}
    end;
handle_cast({state, State}, _) ->
    {noreply, State}.

handle_info(crash, _) ->
    exit(crash);
handle_info(_, State) ->
    {noreply, State}.

%% What a program wants to hide stays hidden.
format_status(#{state := {secret, _}} = Status) ->
    Status#{state := hidden};
format_status(Status) ->
    Status.
