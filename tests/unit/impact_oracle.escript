#!/usr/bin/env escript
%%! +S 1:1
%% Real supervisors and workers, one of which is ended: what becomes of each. Reads cases from a file,
%%
%%   {Tree, Victim, Reason, [{A, B}]}.      links between A and B
%%   Tree: {worker, Id, TrapsExits} | {supervisor, Id, Flags, [{Restart, Significant, Tree}]}
%%         | {dynamic, Id, Restart, Intensity, [Id]}
%%
%% and prints a line for each: "Id Word" for every process, where Word is lives, again or gone.
-mode(compile).
-export([start/2, start_worker/2, init/1]).

main([File]) ->
    ok = logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    {ok, Cases} = file:consult(File),
    [io:format("~s~n", [lists:join(" ", run(Case))]) || Case <- Cases].

run({Tree, Victim, Reason, Links}) ->
    {ok, Top} = start(Tree, self()),
    unlink(Top),
    add_dynamic(Tree, started(#{})),
    First = started(#{}),
    [link_both(maps:get(A, First), maps:get(B, First)) || {A, B} <- Links],
    finish(maps:get(Victim, First), Reason),
    All = settle(none, [{Id, Pid} || {Id, Pid} <- maps:to_list(First)], 0),
    Words = [io_lib:format("~p ~p", [Id, word(Id, Pid, All)]) || {Id, Pid} <- maps:to_list(First)],
    clean([Pid || {_, Pid} <- All]),
    Words.

%% A process may have been started several times, by supervisors that overtook each other.
word(Id, First, All) ->
    case {is_process_alive(First), [Pid || {Other, Pid} <- All, Other =:= Id, is_process_alive(Pid)]} of
        {true, _} -> lives;
        {false, [_]} -> again;
        {false, []} -> gone
    end.

%% ---- the processes

start({worker, Id, Traps}, Oracle) ->
    start_worker(Oracle, {Id, Traps});
start({dynamic, _, _, _, _} = Tree, Oracle) ->
    supervisor:start_link(?MODULE, {Tree, Oracle});
start({supervisor, _, _, _} = Tree, Oracle) ->
    supervisor:start_link(?MODULE, {Tree, Oracle}).

init({{supervisor, Id, Flags, Children}, Oracle}) ->
    tell(Oracle, Id),
    {ok, {Flags#{period => 3600}, [spec(Child, Oracle) || Child <- Children]}};
init({{dynamic, Id, Restart, Intensity, _}, Oracle}) ->
    tell(Oracle, Id),
    {ok, {#{strategy => simple_one_for_one, intensity => Intensity, period => 3600},
          [#{id => worker, start => {?MODULE, start_worker, [Oracle]}, restart => Restart}]}}.

spec({Restart, Significant, Tree}, Oracle) ->
    #{id => element(2, Tree), start => {?MODULE, start, [Tree, Oracle]},
      restart => Restart, significant => Significant}.

add_dynamic({dynamic, Id, _, _, Ids}, Started) ->
    [{ok, _} = supervisor:start_child(maps:get(Id, Started), [{Child, false}]) || Child <- Ids],
    [self() ! {started, Key, Pid} || {Key, Pid} <- maps:to_list(Started)];
add_dynamic({supervisor, _, _, Children}, Started) ->
    [add_dynamic(Tree, Started) || {_, _, Tree} <- Children],
    [self() ! {started, Key, Pid} || {Key, Pid} <- maps:to_list(Started)];
add_dynamic({worker, _, _}, _) ->
    ok.

tell(Oracle, Id) ->
    Oracle ! {started, Id, self()}.

%% As a gen_server does, a worker that traps exits ends with its parent.
start_worker(Oracle, {Id, Traps}) ->
    Parent = self(),
    Pid = spawn_link(fun() ->
        process_flag(trap_exit, Traps),
        tell(Oracle, Id),
        Parent ! {self(), ready},
        work(Parent)
    end),
    receive
        {Pid, ready} -> {ok, Pid}
    end.

work(Parent) ->
    receive
        {stop, Reason} -> exit(Reason);
        {link, Pid, From} -> link(Pid), From ! linked, work(Parent);
        {ping, From} -> From ! {pong, self()}, work(Parent);
        {'EXIT', Parent, Reason} -> exit(Reason);
        {'EXIT', _, _} -> work(Parent)
    end.

link_both(A, B) ->
    A ! {link, B, self()},
    receive
        linked -> ok
    end.

finish(Pid, error) ->
    exit(Pid, kill);
finish(Pid, Reason) ->
    case proc_lib:translate_initial_call(Pid) of
        {supervisor, _, _} -> catch sys:terminate(Pid, Reason);
        _ -> Pid ! {stop, Reason}
    end.

%% ---- until nothing happens any more

started(Known) ->
    receive
        {started, Id, Pid} -> started(Known#{Id => Pid})
    after 0 -> Known
    end.

more(All) ->
    receive
        {started, Id, Pid} -> more([{Id, Pid} | All])
    after 0 -> All
    end.

%% Each process is asked something, which it answers when it has handled what came before.
settle(_, All, 6) ->
    All;
settle(Before, All, Times) ->
    [sync(Pid) || {_, Pid} <- All],
    Now = more(All),
    Alive = [is_process_alive(Pid) || {_, Pid} <- Now],
    settle(Alive, Now, case Alive of Before -> Times + 1; _ -> 0 end).

sync(Pid) ->
    Monitor = monitor(process, Pid),
    Pid ! {ping, self()},
    Pid ! {system, {self(), Monitor}, get_state},
    receive
        {pong, Pid} -> demonitor(Monitor, [flush]);
        {Monitor, _} -> demonitor(Monitor, [flush]);
        {'DOWN', Monitor, _, _, _} -> ok
    end.

clean(Pids) ->
    [begin unlink(Pid), exit(Pid, kill) end || Pid <- Pids],
    [begin Monitor = monitor(process, Pid), receive {'DOWN', Monitor, _, _, _} -> ok end end || Pid <- Pids],
    flush().

flush() ->
    receive
        _ -> flush()
    after 0 -> ok
    end.
