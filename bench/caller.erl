%% The peer of a call over HTTP: another hidden node, which calls target_counter again and again over
%% one kept connection. Prints p50 and p99 in microseconds, of rpc:call/4 and of gen_server:call/2.
-module(caller).

-export([main/1]).

-define(WARM, 200).

%% Called by `erl -run caller main NODE COUNT`.
-spec main([string()]) -> no_return().
main([Name, Text]) ->
    Node = list_to_atom(Name),
    Count = list_to_integer(Text),
    By = [
        fun() -> rpc:call(Node, gen_server, call, [target_counter, 7]) end,
        fun() -> gen_server:call({target_counter, Node}, 7) end
    ],
    Figures = lists:append([figures(Call, Count) || Call <- By]),
    io:format("~s~n", [lists:join(" ", [integer_to_list(F) || F <- Figures])]),
    halt().

figures(Call, Count) ->
    _ = times(Call, ?WARM),
    Sorted = lists:sort(times(Call, Count)),
    [lists:nth(max(1, Count * P div 100), Sorted) || P <- [50, 99]].

times(_, 0) -> [];
times(Call, Count) ->
    Start = erlang:monotonic_time(microsecond),
    7 = Call(),
    [erlang:monotonic_time(microsecond) - Start | times(Call, Count - 1)].
