%% Children that report when they start, so that the node itself has a record of every process that
%% was somebody's child, and storms that kill many of them. What whitebeam tells is compared with it.
-module(target_counted).
-behaviour(gen_server).

-export([start_record/0, starts/0, start_link/2, supervisors/2, storm/2, chase/3]).
-export([init/1, handle_call/3, handle_cast/2]).

%% The record: {Supervisor, Id, Pid} for each start, in order.
start_record() ->
    register(target_record, spawn(fun() -> record([]) end)),
    ok.

record(Starts) ->
    receive
        {started, Start} ->
            record([Start | Starts]);
        {starts, From} ->
            From ! {starts, lists:reverse(Starts)},
            record(Starts)
    end.

%% [[Supervisor, Id, Pid]]
starts() ->
    target_record ! {starts, self()},
    receive
        {starts, Starts} -> [[Name, Id, Pid] || {Name, Id, Pid} <- Starts]
    end.

start_link(Supervisor, Id) ->
    gen_server:start_link(?MODULE, {Supervisor, Id}, []).

init({Supervisor, Id}) ->
    target_record ! {started, {Supervisor, Id, self()}},
    put(id, Id),
    {ok, Id}.

handle_call(_, _, Id) ->
    {reply, Id, Id}.

handle_cast(_, Id) ->
    {noreply, Id}.

%% So many supervisors storm_1, storm_2, …, each of so many children with the ids 1, 2, …
supervisors(Count, Children) ->
    [
        target:supervisor(name(N), #{intensity => 1000000, period => 1}, [
            #{id => Id, start => {?MODULE, start_link, [name(N), Id]}}
         || Id <- lists:seq(1, Children)
        ])
     || N <- lists:seq(1, Count)
    ],
    ok.

name(N) ->
    list_to_atom("storm_" ++ integer_to_list(N)).

%% Kills every child once, one after the other over about a second. Answers milliseconds.
storm(Count, Children) ->
    Start = erlang:monotonic_time(microsecond),
    Step = 1000000 div (Count * Children),
    Ids = [{N, Id} || Id <- lists:seq(1, Children), N <- lists:seq(1, Count)],
    _ = lists:foldl(fun(One, Due) -> kill(One, Due), Due + Step end, Start, Ids),
    (erlang:monotonic_time(microsecond) - Start) div 1000.

%% Kills one child of each supervisor again and again, as soon as it is there again.
chase(Count, Id, Times) ->
    Start = erlang:monotonic_time(microsecond),
    Step = 1000000 div (Count * Times),
    Ids = [{N, Id} || _ <- lists:seq(1, Times), N <- lists:seq(1, Count)],
    _ = lists:foldl(fun(One, Due) -> kill(One, Due), Due + Step end, Start, Ids),
    (erlang:monotonic_time(microsecond) - Start) div 1000.

kill({N, Id}, Due) ->
    Now = erlang:monotonic_time(microsecond),
    timer:sleep(max(0, (Due - Now) div 1000)),
    {Id, Pid, _, _} = lists:keyfind(Id, 1, supervisor:which_children(name(N))),
    exit(Pid, kill).
