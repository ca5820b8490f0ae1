%% What runs inside the target: the peers (a bare loop, OTP's own collectors), probes, and the bare
%% delivery of a sweep or a tree to a C peer.
%%
%% Commands come as lines on standard input ("bare 3") and each answers one line of numbers.
-module(measure).

-export([serve/0]).
-export([bare/1, signals/1, etop/1, procs_info/1, count/0, lateness/2, remember/0, changed/0]).
-export([storms/2, kills/4]).
-export([counter/0, counted/0, loading/1]).

-define(CHEAP, [
    reductions, message_queue_len, status, registered_name, initial_call, heap_size, group_leader
]).
-define(SENT, [reductions, message_queue_len, heap_size, status]).
-define(CHUNK, 1000).

-spec serve() -> no_return().
serve() ->
    register(measure, spawn(fun deliver/0)),
    io:format("ready ~s~n", [os:getpid()]),
    commands().

commands() ->
    case io:get_line("") of
        Line when is_list(Line) ->
            [Function | Args] = string:lexemes(Line, " \n"),
            Values = apply(measure, list_to_existing_atom(Function), [argument(A) || A <- Args]),
            io:format("~s~n", [lists:join(" ", [integer_to_list(V) || V <- Values])]),
            commands();
        _ ->
            halt()
    end.

argument(Text) ->
    try list_to_integer(Text)
    catch error:badarg -> list_to_existing_atom(Text)
    end.

%% ---- what is killed, for live events ----------------------------------------------------------

%% Standard output is for answers: reports of supervisors are not printed there.
storms(Count, Children) ->
    _ = logger:remove_handler(default),
    ok = target_storm:start(Count, Children),
    [Count].

%% Kills one child after the other, each Us microseconds after the one before, until so many
%% children of each of Count supervisors were. For each: its pid (two numbers), when it was
%% killed (unix microseconds), and the pid that came for it.
kills(Count, Children, Us, WaitMs) ->
    Before = [{N, Id, Pid} || N <- lists:seq(1, Count), {Id, Pid} <- target_storm:children(N)],
    ByChild = [{N, Id, Pid} || {Id, N, Pid} <- lists:sort([{I, N, P} || {N, I, P} <- Before]), Id =< Children],
    Killed = kill_each(ByChild, Us, erlang:monotonic_time(microsecond)),
    timer:sleep(WaitMs),
    After = maps:from_list(
        [{{N, Id}, Pid} || N <- lists:seq(1, Count), {Id, Pid} <- target_storm:children(N)]
    ),
    lists:append([parts(Pid) ++ [Time] ++ parts(maps:get(Child, After)) || {Child, Pid, Time} <- Killed]).

kill_each([], _, _) ->
    [];
kill_each([{N, Id, Pid} | Rest], Us, Due) ->
    timer:sleep(max(0, (Due - erlang:monotonic_time(microsecond)) div 1000)),
    Time = os:system_time(microsecond),
    exit(Pid, kill),
    [{{N, Id}, Pid, Time} | kill_each(Rest, Us, Due + Us)].

%% <0.Id.Serial>
parts(Pid) ->
    [_, Id, Serial] = string:lexemes(pid_to_list(Pid), "<.>"),
    [list_to_integer(Id), list_to_integer(Serial)].

%% ---- what is called and cast to, and what is loaded -------------------------------------------

counter() ->
    {ok, _} = target_counter:start(),
    [1].

%% How many casts have come so far.
counted() -> [gen_server:call(target_counter, count)].

%% See target_code.
loading(empty) -> target_code:load_and_remove(target_code:empty());
loading(agent) ->
    {ok, Binary} = file:read_file("build/merged/whitebeam_agent.beam"),
    target_code:load_and_remove({whitebeam_agent, Binary}).

%% ---- the peers: Rounds times, each in a process of its own; the wall time of each in us -------

rounds(Rounds, Fun) ->
    [
        begin
            Start = erlang:monotonic_time(microsecond),
            {Pid, Monitor} = spawn_opt(Fun, [monitor]),
            receive {'DOWN', Monitor, process, Pid, normal} -> ok end,
            erlang:monotonic_time(microsecond) - Start
        end
     || _ <- lists:seq(1, Rounds)
    ].

bare(Rounds) -> rounds(Rounds, fun() -> look(processes(), ?CHEAP) end).

signals(Rounds) ->
    rounds(Rounds, fun() -> look(processes(), [memory, current_function | ?CHEAP]) end).

look([], _) -> ok;
look([Pid | Pids], Keys) ->
    _ = erlang:process_info(Pid, Keys),
    look(Pids, Keys).

etop(Rounds) ->
    rounds(Rounds, fun() ->
        observer_backend:etop_collect(self()),
        receive {_, Info} when element(1, Info) =:= etop_info -> ok end
    end).

procs_info(Rounds) ->
    rounds(Rounds, fun() ->
        {Pid, Monitor} = spawn_monitor(observer_backend, procs_info, [self()]),
        take_procs_info(Pid, Monitor)
    end).

take_procs_info(Pid, Monitor) ->
    receive
        {procs_info, _, _} -> take_procs_info(Pid, Monitor);
        {'DOWN', Monitor, process, Pid, normal} -> ok
    end.

%% ---- probes -----------------------------------------------------------------------------------

count() -> [erlang:system_info(process_count)].

%% How late a timer of 1 ms is, over Ms milliseconds while something runs: p50, p99, most (us), and
%% how many samples.
lateness(Ms, What) ->
    Self = self(),
    Worker = spawn(fun() -> repeat(What) end),
    Until = erlang:monotonic_time(millisecond) + Ms,
    spawn_link(fun() -> Self ! {late, lists:sort(late(Until, []))} end),
    receive
        {late, Sorted} ->
            exit(Worker, kill),
            N = length(Sorted),
            [lists:nth(max(1, N * P div 100), Sorted) || P <- [50, 99, 100]] ++ [N]
    end.

late(Until, Samples) ->
    Start = erlang:monotonic_time(microsecond),
    receive after 1 -> ok end,
    Now = erlang:monotonic_time(microsecond),
    case Now div 1000 < Until of
        true -> late(Until, [Now - Start - 1000 | Samples]);
        false -> Samples
    end.

repeat(idle) -> ok;
repeat(What) ->
    _ = measure:What(1),
    repeat(What).

%% Reductions of up to 2000 idle workers, and what was added to all of them and to one at most.
remember() ->
    Pids = lists:sublist([P || {_, P, _, _} <- supervisor:which_children(target_sup_1)], 2000),
    put(remembered, [{P, reductions_of(P)} || P <- Pids]),
    [length(Pids)].

changed() ->
    Added = [reductions_of(P) - Before || {P, Before} <- get(remembered)],
    [lists:sum(Added), lists:max(Added)].

reductions_of(Pid) -> element(2, erlang:process_info(Pid, reductions)).

%% ---- bare delivery to a C peer ----------------------------------------------------------------
%%
%% {sweep, Pid, Workers}: parts {Pids, Rows}, without credit, and `done`.
%% {tree, Pid, Workers}: parts {Supervisor, [{Child, Type, Name | InitialCall}]}, and `done`.

deliver() ->
    receive
        {What, To, Workers} ->
            _ = rounds(1, fun() -> deliver(What, To, Workers) end),
            To ! done
    end,
    deliver().

deliver(sweep, To, Workers) ->
    Pids = processes(),
    parallel(Pids, length(Pids), Workers, fun(Part, Count) -> sweep(To, Part, Count) end);
deliver(tree, To, Workers) ->
    Top = whereis(target_top),
    Children = supervisor:which_children(Top),
    To ! {Top, [child(C) || C <- Children]},
    Pids = [Pid || {_, Pid, supervisor, _} <- Children],
    parallel(Pids, length(Pids), Workers, fun(Part, Count) -> tree(To, Part, Count) end).

parallel(List, Count, 1, Fun) -> Fun(List, Count);
parallel(List, Count, 2, Fun) ->
    Half = Count div 2,
    Rest = lists:nthtail(Half, List),
    {Pid, Monitor} = spawn_opt(fun() -> Fun(Rest, Count - Half) end, [
        monitor,
        {min_heap_size, 2 * Count}
    ]),
    Fun(List, Half),
    receive {'DOWN', Monitor, process, Pid, normal} -> ok end.

sweep(_, _, 0) -> ok;
sweep(To, Pids, Left) ->
    Size = min(Left, ?CHUNK),
    {Rest, Found, Rows} = rows(Pids, Size, [], <<>>),
    To ! {Found, Rows},
    sweep(To, Rest, Left - Size).

rows(Pids, 0, Found, Rows) -> {Pids, Found, Rows};
rows([Pid | Pids], Left, Found, Rows) ->
    case erlang:process_info(Pid, ?SENT) of
        [{_, Reductions}, {_, Queue}, {_, Heap}, {_, Status}] ->
            Row = <<Reductions:64, Queue:32, Heap:32, (code(Status))>>,
            rows(Pids, Left - 1, [Pid | Found], <<Rows/binary, Row/binary>>);
        undefined ->
            rows(Pids, Left - 1, Found, Rows)
    end.

code(waiting) -> 0;
code(running) -> 1;
code(_) -> 2.

tree(_, _, 0) -> ok;
tree(To, [Pid | Pids], Left) ->
    To ! {Pid, [child(C) || C <- supervisor:which_children(Pid)]},
    tree(To, Pids, Left - 1).

child({_, Pid, Type, _}) ->
    case erlang:process_info(Pid, [registered_name, initial_call]) of
        [{_, []}, {_, Initial}] -> {Pid, Type, Initial};
        [{_, Name}, _] -> {Pid, Type, Name}
    end.
