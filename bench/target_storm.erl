%% Supervisors whose children are killed, for the measurements of live events.
-module(target_storm).

-behaviour(supervisor).

-export([start/2, children/1, init/1]).

%% So many supervisors, linked to nobody, of so many permanent gen_servers.
-spec start(pos_integer(), pos_integer()) -> ok.
start(Count, Children) ->
    [
        begin
            {ok, Pid} = supervisor:start_link({local, name(N)}, ?MODULE, Children),
            unlink(Pid)
        end
     || N <- lists:seq(1, Count)
    ],
    ok.

%% {Id, Pid} of the children of one.
-spec children(pos_integer()) -> [{pos_integer(), pid()}].
children(N) ->
    [{Id, Pid} || {Id, Pid, _, _} <- supervisor:which_children(name(N)), is_pid(Pid)].

name(N) -> list_to_atom("target_storm_" ++ integer_to_list(N)).

init(Children) ->
    {ok,
        {#{intensity => 1000000, period => 1}, [
            #{id => Id, start => {target_worker, start_link, [Id]}}
         || Id <- lists:seq(1, Children)
        ]}}.
