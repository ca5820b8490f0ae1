%% Tests of what is read of many processes at once: links and monitors, processes that stand alone, and
%% who waits for whom.
-module(operate_relations_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, ask/3, eventually/1, idle/0, argument/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "relations of processes").

stop(Pids) -> [Pid ! stop || Pid <- Pids].

%% ---- relations --------------------------------------------------------------------------------

%% Rows of all parts, and the answer.
relations(Guard, Pids) ->
    {ok, Answer, Parts} = ask(Guard, relations, [Pids]),
    {lists:append(Parts), Answer, Parts}.

relations_are_what_the_node_says_test() ->
    with_agent(fun(Guard) ->
        [A, B, C] = Pids = [idle(), idle(), idle()],
        Self = self(),
        Watcher = spawn(fun() ->
            link(A),
            monitor(process, B),
            monitor(process, C),
            process_flag(trap_exit, true),
            Self ! ready,
            receive stop -> unlink(A) end
        end),
        receive ready -> ok end,
        {Rows, {Nanoseconds, 4}, _} = relations(Guard, [Watcher | Pids]),
        true = Nanoseconds > 0,
        {Watcher, [A], 1, 0, Monitors, 2, 0, true} = lists:keyfind(Watcher, 1, Rows),
        [B, C] = lists:sort(Monitors),
        {A, [Watcher], 1, 0, [], 0, 0, false} = lists:keyfind(A, 1, Rows),
        {B, [], 0, 0, [], 0, 1, false} = lists:keyfind(B, 1, Rows),
        stop([Watcher | Pids])
    end).

ports_are_counted_and_names_are_resolved_test() ->
    with_agent(fun(Guard) ->
        Self = self(),
        Named = idle(),
        register(relations_named, Named),
        Pid = spawn(fun() ->
            Port = open_port({spawn, "cat"}, []),
            monitor(process, relations_named),
            monitor(process, {relations_named, 'nobody@nowhere'}),
            Self ! ready,
            receive stop -> port_close(Port) end
        end),
        receive ready -> ok end,
        eventually(fun() ->
            {[{Pid, [], 1, 1, [One], _, 0, false}], _, _} = relations(Guard, [Pid]),
            One =:= Named
        end),
        stop([Pid, Named])
    end).

full_queues_are_skipped_and_the_dead_left_out_test() ->
    with_agent(fun(Guard) ->
        Full = idle(),
        [Full ! noise || _ <- lists:seq(1, 1001)],
        {Dead, Monitor} = spawn_monitor(fun() -> ok end),
        receive {'DOWN', Monitor, _, _, _} -> ok end,
        {[{Full, skipped}], {_, 1}, _} = relations(Guard, [Full, Dead]),
        stop([Full])
    end).

many_come_in_parts_below_64_kb_test() ->
    with_agent(fun(Guard) ->
        Hub = idle(),
        Self = self(),
        Pids = [spawn(fun() -> link(Hub), Self ! ready, receive stop -> unlink(Hub) end end) || _ <- lists:seq(1, 1500)],
        [receive ready -> ok end || _ <- Pids],
        {Rows, {_, 1501}, Parts} = relations(Guard, [Hub | Pids]),
        true = length(Parts) >= 3,
        [] = [Part || Part <- Parts, byte_size(term_to_binary(Part)) > 65536],
        {Hub, Links, 1500, 0, [], 0, 0, false} = lists:keyfind(Hub, 1, Rows),
        1000 = length(Links),
        [] = Links -- Pids,
        stop(Pids),
        stop([Hub])
    end).

%% ---- dependencies -----------------------------------------------------------------------------

%% A watches B and is linked to C; C is linked to D.
chain() ->
    Self = self(),
    [B, D] = [idle(), idle()],
    C = spawn(fun() -> link(D), Self ! ready, receive stop -> unlink(D) end end),
    receive ready -> ok end,
    A = spawn(fun() -> monitor(process, B), link(C), Self ! ready, receive stop -> unlink(C) end end),
    receive ready -> ok end,
    [A, B, C, D].

depends(Guard, Pid, Arguments) ->
    {ok, Answer} = operate(Guard, get_process_dependencies, Arguments#{pid => argument(Pid)}),
    #{nodes := Nodes, edges := Edges} = Answer,
    {lists:sort([One || #{pid := One} <- Nodes]), [{From, To, Type} || #{from := From, to := To, type := Type} <- Edges], Answer}.

what_a_process_depends_on_is_a_graph_test() ->
    with_agent(fun(Guard) ->
        Self = self(),
        [A, B, C, D] = Pids = chain(),
        Link = fun(X, Y) -> {min(X, Y), max(X, Y), link} end,
        {Near, Edges, #{cut := 0, not_asked := 0, depth := 1}} = depends(Guard, A, #{}),
        Near = lists:sort([Self, A, B, C]),
        true = lists:sort([{A, Self, parent}, {A, B, monitor}, Link(A, C)]) =:= Edges,
        {Far, FarEdges, _} = depends(Guard, A, #{depth => 2, limit => 1000}),
        true = lists:member(D, Far) andalso lists:member(Link(C, D), FarEdges),
        {_, FromBelow, _} = depends(Guard, B, #{}),
        true = lists:sort([{A, B, monitor}, {B, Self, parent}]) =:= FromBelow,
        {[_, _], _, #{cut := Cut}} = depends(Guard, A, #{limit => 2}),
        true = Cut >= 2,
        stop(Pids)
    end).

%% ---- processes that stand alone ---------------------------------------------------------------

isolated_processes_are_those_that_nobody_would_miss_test() ->
    with_agent(fun(Guard) ->
        Alone = idle(),
        Self = self(),
        {_, Monitor} = spawn_monitor(fun() -> Self ! {orphan, idle()} end),
        receive {'DOWN', Monitor, _, _, _} -> ok end,
        Orphan = receive {orphan, One} -> One end,
        [Watched, Linked, Named] = Others = [idle(), idle(), idle()],
        monitor(process, Watched),
        link(Linked),
        register(not_alone, Named),
        {ok, #{processes := Rows, orphans := Orphans}} = operate(Guard, get_isolated_processes, #{limit => 1000}),
        Found = maps:from_list([{Pid, Row} || #{pid := Pid} = Row <- Rows]),
        #{Alone := #{orphan := false, parent := Self}, Orphan := #{orphan := true}} = Found,
        true = Orphans >= 1,
        [] = [Pid || Pid <- Others, is_map_key(Pid, Found)],
        [] = [Pid || Pid <- maps:keys(Found), process_info(Pid, links) =/= {links, []}],
        {ok, #{processes := [_], total := Total, left_out := LeftOut}} =
            operate(Guard, get_isolated_processes, #{limit => 1}),
        true = Total >= 2 andalso LeftOut =:= Total - 1,
        unlink(Linked),
        stop([Alone, Orphan | Others])
    end).

%% ---- waits ------------------------------------------------------------------------------------

init(State) -> {ok, State}.

handle_call(hello, _, State) -> {reply, hello, State}.

%% Calls another server, after it has begun to watch some that have nothing to do with it.
handle_cast({call, Other, Watched}, State) ->
    [monitor(process, Pid) || Pid <- Watched],
    catch gen_server:call(Other, hello, infinity),
    {noreply, State}.

server() ->
    {ok, Pid} = gen_server:start(?MODULE, none, []),
    Pid.

%% Servers that each call the next, all at once: none reads its call before it makes its own.
ring(Pids, Names, Watched) ->
    [ok = sys:suspend(Pid) || Pid <- Pids],
    [First | Rest] = Names,
    [gen_server:cast(Pid, {call, Next, Watched}) || {Pid, Next} <- lists:zip(Pids, Rest ++ [First])],
    [ok = sys:resume(Pid) || Pid <- Pids],
    eventually(fun() -> lists:all(fun is_calling/1, Pids) end).

is_calling(Pid) ->
    process_info(Pid, current_function) =:= {current_function, {gen, do_call, 4}}.

finish(Pids) ->
    [exit(Pid, kill) || Pid <- Pids].

servers_that_call_each_other_are_a_cycle_test() ->
    with_agent(fun(Guard) ->
        [A, B, C] = Pids = lists:sort([server(), server(), server()]),
        ring(Pids, Pids, []),
        {ok, #{cycles := [Cycle], cycles_total := 1, total := Waits}} = operate(Guard, find_process_cycles, #{}),
        #{length := 3, processes := [#{pid := A}, #{pid := B}, #{pid := C}], certain := true, confirmed := true} = Cycle,
        true = Waits >= 3,
        {ok, #{cycles := [Cycle], examined := 3}} =
            operate(Guard, find_process_cycles, #{processes => [argument(Pid) || Pid <- Pids]}),
        finish(Pids)
    end).

a_cycle_is_found_through_names_and_among_other_monitors_test() ->
    with_agent(fun(Guard) ->
        [A, B] = Pids = lists:sort([server(), server()]),
        Watched = [idle(), idle()],
        register(relations_ring, A),
        ring(Pids, [relations_ring, B], Watched),
        {ok, #{cycles := [#{length := 2, certain := true, confirmed := true}]}} =
            operate(Guard, find_process_cycles, #{}),
        finish(Pids),
        stop(Watched)
    end).

a_process_that_waits_for_a_busy_one_is_a_wait_and_no_cycle_test() ->
    with_agent(fun(Guard) ->
        Busy = server(),
        ok = sys:suspend(Busy),
        Caller = spawn(fun() -> catch gen_server:call(Busy, hello, infinity) end),
        eventually(fun() -> is_calling(Caller) end),
        {ok, #{cycles := [], waits := Waits}} = operate(Guard, find_process_cycles, #{}),
        [#{to := #{pid := Busy}, kind := call, certain := true}] = [W || #{from := #{pid := P}} = W <- Waits, P =:= Caller],
        finish([Caller, Busy])
    end).
