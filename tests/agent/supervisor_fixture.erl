%% Supervisors, workers and an application for tests of the operations on them. One module is the callback of
%% all of them.
-module(supervisor_fixture).
-behaviour(gen_server).

-export([supervisor/2, supervisor/3, worker/2, worker/1, children/1, pid/2, process/1, term/1, text/1, kill/1]).
-export([start_worker/1, start_worker/2, start_trapping/1, start_stubborn/1, start_failing/1, start_supervisor/2]).
-export([child_that_is_ignored/0]).
-export([init/1, handle_call/3, handle_cast/2, terminate/2]).
-export([application/3, unload/1, start/2, stop/1, config_change/3]).
-export([is_clean/1, child_spec/1]).

%% ---- supervisors ------------------------------------------------------------------------------

%% A supervisor that is linked to nobody. Flags as OTP has them, Children as specifications.
supervisor(Flags, Children) ->
    {ok, Pid} = supervisor:start_link(?MODULE, {supervisor, Flags, Children}),
    unlink(Pid),
    Pid.

supervisor(Name, Flags, Children) ->
    {ok, Pid} = supervisor:start_link({local, Name}, ?MODULE, {supervisor, Flags, Children}),
    unlink(Pid),
    Pid.

start_supervisor(Flags, Children) ->
    supervisor:start_link(?MODULE, {supervisor, Flags, Children}).

%% The specification of a worker whose id is its state.
worker(Id) ->
    worker(Id, #{}).

worker(Id, More) ->
    maps:merge(#{id => Id, start => {?MODULE, start_worker, [Id]}}, More).

start_worker(State) ->
    gen_server:start_link(?MODULE, {worker, State}, []).

start_worker(State, More) ->
    gen_server:start_link(?MODULE, {worker, {State, More}}, []).

%% One that traps exits, one that besides takes its time to end, one that does not start.
start_trapping(State) ->
    gen_server:start_link(?MODULE, {trapping, State}, []).

start_stubborn(State) ->
    gen_server:start_link(?MODULE, {stubborn, State}, []).

start_failing(Reason) ->
    {error, Reason}.

child_that_is_ignored() ->
    ignore.

%% As Elixir's modules have it.
child_spec(State) ->
    worker(State, #{id => {?MODULE, State}}).

init({supervisor, Flags, Children}) ->
    {ok, {Flags, Children}};
init({worker, State}) ->
    {ok, State};
init({trapping, State}) ->
    process_flag(trap_exit, true),
    {ok, State};
init({stubborn, State}) ->
    process_flag(trap_exit, true),
    {ok, {stubborn, State}}.

handle_call(state, _, State) ->
    {reply, State, State}.

handle_cast(_, State) ->
    {noreply, State}.

terminate(_, {stubborn, _}) ->
    receive never -> ok end;
terminate(_, _) ->
    ok.

kill(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, _, _} -> ok end.

%% ---- what the node itself says ----------------------------------------------------------------

children(Supervisor) ->
    [{Id, Pid} || {Id, Pid, _, _} <- supervisor:which_children(Supervisor)].

pid(Supervisor, Id) ->
    {Id, Pid} = lists:keyfind(Id, 1, children(Supervisor)),
    Pid.

%% Nothing is left behind: no message, nobody who monitors it or whom it monitors, beyond its own.
is_clean(Pid) ->
    agent_fixture:eventually(fun() ->
        process_info(Pid, [message_queue_len, monitored_by, monitors]) =:=
            [{message_queue_len, 0}, {monitored_by, []}, {monitors, []}]
    end),
    true.

%% ---- arguments as the daemon sends them -------------------------------------------------------

process(Name) when is_atom(Name) ->
    process(whereis(Name));
process(Pid) ->
    [_, Id, Serial] = [list_to_integer(N) || N <- string:tokens(pid_to_list(Pid), "<.>")],
    {pid, Id, Serial}.

term(Term) ->
    {term, [], term_to_binary(Term)}.

%% An atom.
text(Atom) ->
    {atom, atom_to_binary(Atom, utf8)}.

%% ---- an application ---------------------------------------------------------------------------

%% Loads an application with a supervisor of workers with these ids.
application(Name, Needs, Ids) ->
    ok = application:load(
        {application, Name, [
            {description, "under test"},
            {vsn, "1.2.3"},
            {modules, [?MODULE]},
            {registered, []},
            {applications, [kernel, stdlib | Needs]},
            {env, [{color, green}, {password, "secret"}]},
            {mod, {?MODULE, {Name, Ids}}}
        ]}
    ).

unload(Name) ->
    _ = application:stop(Name),
    ok = application:unload(Name).

start(normal, {_, {failing, Reason}}) ->
    {error, Reason};
start(normal, {_, Ids}) ->
    start_supervisor(#{intensity => 2, period => 5}, [worker(Id) || Id <- Ids]).

stop(_) ->
    ok.

%% Tells the process that is registered as `listener`.
config_change(Changed, New, Removed) ->
    listener ! {config_change, lists:sort(Changed), lists:sort(New), Removed},
    ok.
