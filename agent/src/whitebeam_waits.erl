%% Who waits for whom: processes inside a call, and cycles of them, which are deadlocks.
%%
%% Only processes whose current function shows that they wait in a call are looked at more closely.
%% Such a process monitors whom it calls; where it monitors others too, the runtime's text of its
%% stack tells which one it is.
-module(whitebeam_waits).

-export([handler/1]).

-define(QUEUE, 10000).
-define(MEMORY, 262144). % of a process whose stack is read as text
-define(CALLERS, 20000).
-define(SAME_WAIT, 12). % reductions

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(find_process_cycles) -> fun find_process_cycles/1;
handler(_) -> undefined.

%% Cycles of the wait graph, with the waits that are none as `waits`. A cycle is `confirmed` when a second
%% look finds each of its processes in the same wait. Arguments: `processes`, candidates, or all of the
%% node. Cost: a signal to each waiting process, two more to each that is inside a call.
find_process_cycles(Arguments) ->
    Limit = whitebeam_bounds:limit(limit, Arguments, 100),
    Pids = whitebeam_bounds:breathe(fun waiting/1, candidates(Arguments)),
    Waits = whitebeam_relations:in_batches(fun wait/1, Pids, fun(Found) -> length(Found) > ?CALLERS end),
    Graph = maps:from_list([{From, To} || #{from := From, to := To} <- Waits, is_pid(To)]),
    Cycles = cycles(Graph),
    By = maps:from_list([{From, Wait} || #{from := From} = Wait <- Waits]),
    Shown = [cycle(Cycle, By) || Cycle <- lists:sublist(Cycles, Limit)],
    Cut = whitebeam_bounds:cut(waits, [wait_row(Wait) || Wait <- Waits], Limit),
    {ok, Cut#{cycles => Shown, cycles_total => length(Cycles), examined => length(Pids)}}.

candidates(#{processes := Processes}) -> [whitebeam_arguments:process(One) || One <- Processes];
candidates(_) -> processes().

%% Cheap: only a process that waits, with a queue that lets it answer soon, gets a signal.
waiting(Pid) ->
    case erlang:process_info(Pid, [status, message_queue_len]) of
        [{_, waiting}, {_, Queue}] when Queue =< ?QUEUE -> [Pid];
        _ -> []
    end.

wait(Pid) ->
    case erlang:process_info(Pid, current_function) of
        {current_function, {gen, do_call, 4}} -> wait(Pid, call);
        {current_function, {'Elixir.Task', Function, _}} when Function =:= await; Function =:= await_receive ->
            wait(Pid, task);
        _ -> []
    end.

wait(Pid, Kind) ->
    case erlang:process_info(Pid, [reductions, monitors]) of
        [{_, Reductions}, {_, Monitors}] ->
            {To, Certain} = target(Pid, [One || {process, One} <- Monitors]),
            [#{from => Pid, to => To, kind => Kind, certain => Certain, reductions => Reductions}];
        undefined ->
            []
    end.

%% The process that is called: a pid, {Name, Node}, or undefined where it cannot be told.
target(_, [One]) ->
    {local(One), true};
target(_, []) ->
    {undefined, false};
target(Pid, Several) ->
    case callees(Pid, [local(One) || One <- Several]) of
        [Callee] -> {Callee, true};
        _ -> {undefined, false}
    end.

local({Name, Node}) when Node =:= node() ->
    case whereis(Name) of
        Pid when is_pid(Pid) -> Pid;
        _ -> {Name, Node}
    end;
local(Other) ->
    Other.

%% Those of the monitored processes that the two newest frames of the stack hold: gen:do_call/4, or the
%% function that called it, keeps whom the call is for. Cost: the runtime writes the whole stack as text.
callees(Pid, Monitored) ->
    case erlang:process_info(Pid, memory) of
        {memory, Memory} when Memory =< ?MEMORY ->
            case erlang:process_info(Pid, backtrace) of
                {backtrace, Text} -> [One || One <- held(Text), lists:member(One, Monitored)];
                undefined -> []
            end;
        _ ->
            []
    end.

held(Text) ->
    Frames = lists:sublist(binary:split(Text, <<"Return addr">>, [global]), 2),
    Pattern = <<"^y\\([0-9]+\\) +(<0\\.[0-9]+\\.[0-9]+>|[a-z]\\S*|'.*')$">>,
    case re:run(Frames, Pattern, [global, multiline, {capture, all_but_first, list}]) of
        {match, Found} -> lists:usort([One || [Word] <- Found, One <- process(Word)]);
        nomatch -> []
    end.

%% A pid or a registered name as the runtime writes it.
process("<" ++ _ = Word) ->
    [Id, Serial] = [list_to_integer(Part) || Part <- tl(string:lexemes(Word, "<.>"))],
    {ok, Found} = whitebeam_process:find_pid([Id, Serial]),
    [Pid || Pid <- [Found], is_pid(Pid)];
process(Word) ->
    try [Pid || Pid <- [whereis(list_to_existing_atom(string:trim(Word, both, "'")))], is_pid(Pid)]
    catch
        error:_ -> []
    end.

%% ---- cycles -----------------------------------------------------------------------------------

%% A process waits for one other, so each walk ends at the end, in what was walked before, or in a
%% cycle. Each cycle once, beginning with its least pid.
cycles(Graph) ->
    {_, Cycles} = lists:foldl(
        fun(Start, {Done, Found}) -> walk(Start, Graph, [], #{}, Done, Found) end,
        {#{}, []},
        lists:sort(maps:keys(Graph))
    ),
    lists:reverse(Cycles).

walk(Pid, Graph, Way, On, Done, Found) ->
    case Graph of
        _ when is_map_key(Pid, On) ->
            Cycle = [Pid | lists:reverse(lists:takewhile(fun(One) -> One =/= Pid end, Way))],
            {maps:merge(Done, On), [from_least(Cycle) | Found]};
        #{Pid := Next} when not is_map_key(Pid, Done) ->
            walk(Next, Graph, [Pid | Way], On#{Pid => true}, Done, Found);
        _ ->
            {maps:merge(Done, On), Found}
    end.

from_least(Cycle) ->
    Least = lists:min(Cycle),
    {Before, From} = lists:splitwith(fun(One) -> One =/= Least end, Cycle),
    From ++ Before.

cycle(Pids, By) ->
    Waits = [maps:get(Pid, By) || Pid <- Pids],
    #{
        length => length(Pids),
        processes => [whitebeam_bounds:brief(Pid) || Pid <- Pids],
        certain => lists:all(fun(#{certain := Certain}) -> Certain end, Waits),
        confirmed => lists:all(fun still/1, Waits)
    }.

%% Whether the process is in the same wait as before: the looks themselves cost it 4 to 8 reductions, a
%% call that ended and another that began 18.
still(#{from := Pid, to := To, reductions := Before}) ->
    case [{Now, Next} || #{to := Next, reductions := Now} <- wait(Pid)] of
        [{Now, To}] -> Now - Before < ?SAME_WAIT;
        _ -> false
    end.

wait_row(#{from := From, to := To, kind := Kind, certain := Certain}) ->
    #{from => whitebeam_bounds:brief(From), to => to(To), kind => Kind, certain => Certain}.

to(undefined) -> undefined;
to(To) -> whitebeam_bounds:other(To).
