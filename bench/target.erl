%% The node that is measured: an application whose top supervisor has one simple_one_for_one
%% supervisor, registered, for each thousand idle gen_servers.
-module(target).

-behaviour(application).
-behaviour(supervisor).

-export([main/1]).
-export([start/2, stop/1, init/1]).

-define(PER_SUPERVISOR, 1000).

%% Called by `erl -run target main COUNT`: boots everything and then obeys measure's commands.
-spec main([string()]) -> no_return().
main([Text]) ->
    Count = list_to_integer(Text),
    ok = application:load(
        {application, target, [
            {vsn, "1"},
            {modules, [target, target_worker]},
            {registered, []},
            {applications, [kernel, stdlib]},
            {mod, {target, Count}}
        ]}
    ),
    ok = application:start(target),
    [fill(N, Count) || N <- lists:seq(1, supervisors(Count))],
    measure:serve().

supervisors(Count) -> (Count + ?PER_SUPERVISOR - 1) div ?PER_SUPERVISOR.

name(N) -> list_to_atom("target_sup_" ++ integer_to_list(N)).

fill(N, Count) ->
    Size = min(?PER_SUPERVISOR, Count - (N - 1) * ?PER_SUPERVISOR),
    [{ok, _} = supervisor:start_child(name(N), [I]) || I <- lists:seq(1, Size)].

start(_, Count) -> supervisor:start_link({local, target_top}, target, {top, Count}).

stop(_) -> ok.

init({top, Count}) ->
    Child = fun(N) ->
        #{
            id => N,
            start => {supervisor, start_link, [{local, name(N)}, target, simple]},
            type => supervisor
        }
    end,
    {ok, {#{strategy => one_for_one}, [Child(N) || N <- lists:seq(1, supervisors(Count))]}};
init(simple) ->
    Worker = #{id => worker, start => {target_worker, start_link, []}, restart => temporary},
    {ok, {#{strategy => simple_one_for_one}, [Worker]}}.
