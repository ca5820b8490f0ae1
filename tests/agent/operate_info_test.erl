%% Tests of operations that read one process, its family, or the runtime system: their answers are
%% compared with what the node itself says.
-module(operate_info_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, idle/0, eventually/1, argument/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "operations that read processes").

%% The answer of an operation on a process.
answer(Name, Pid) ->
    answer(Name, Pid, #{}).

answer(Name, Pid, Arguments) ->
    Self = self(),
    with_agent(fun(Guard) -> Self ! {answer, operate(Guard, Name, Arguments#{pid => argument(Pid)})} end),
    receive {answer, Answer} -> Answer end.

stop(Pid) -> Pid ! stop.

dead() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, _, _, _} -> Pid end.

get_process_info_answers_what_the_node_says_test() ->
    Pid = idle(),
    link(Pid),
    {ok, Answer} = answer(get_process_info, Pid),
    {group_leader, Leader} = process_info(Pid, group_leader),
    #{
        pid := Pid, status := waiting, message_queue_len := 0, trap_exit := false, registered_name := undefined,
        group_leader := #{pid := Leader}, links := #{entries := [#{pid := Self}], total := 1, left_out := 0},
        current_function := {'$mfa', agent_fixture, _, _}, unsupported := []
    } = Answer,
    true = Self =:= self(),
    {memory, Memory} = process_info(Pid, memory),
    Memory = maps:get(memory, Answer),
    false = is_map_key(messages, Answer) orelse is_map_key(dictionary, Answer),
    unlink(Pid),
    stop(Pid).

get_process_info_answers_the_keys_asked_for_test() ->
    Pid = idle(),
    {ok, Answer} = answer(get_process_info, Pid, #{keys => [<<"status">>, reductions]}),
    [pid, reductions, status, unsupported] = lists:sort(maps:keys(Answer)),
    stop(Pid).

messages_are_no_key_test() ->
    Pid = idle(),
    {error, {invalid, _, #{field := <<"keys">>}}} = answer(get_process_info, Pid, #{keys => [<<"messages">>]}),
    {error, {invalid, _, #{field := <<"keys">>}}} = answer(get_process_info, Pid, #{keys => [dictionary]}),
    stop(Pid).

a_dead_process_is_gone_test() ->
    Pid = dead(),
    [
        {error, {gone, _, _}} = answer(Name, Pid)
     || Name <- [
            get_process_info, get_process_dictionary, get_process_memory_info,
            get_process_links, get_process_monitors, get_process_trap_exit, get_process_registered_name,
            get_process_group_leader, find_process_ancestors, find_process_descendants
        ]
    ].

a_full_queue_is_not_asked_test() ->
    Pid = idle(),
    [Pid ! noise || _ <- lists:seq(1, 10001)],
    {error, {queue, _, #{queue_length := 10001}}} = answer(get_process_links, Pid),
    {ok, #{message_queue_len := 10001}} = answer(get_process_info, Pid, #{keys => [message_queue_len]}),
    {error, {queue, _, _}} = answer(get_process_info, Pid, #{keys => [memory]}),
    stop(Pid).

the_dictionary_is_shown_as_a_term_test() ->
    Self = self(),
    Pid = spawn(fun() ->
        put(colour, green),
        put(large, lists:seq(1, 5000)),
        Self ! ready,
        receive stop -> ok end
    end),
    receive ready -> ok end,
    {ok, #{dictionary := {'$term', Entries}, total := 2, left_out := 0, hidden := false}} =
        answer(get_process_dictionary, Pid),
    green = proplists:get_value(colour, Entries),
    true = length(proplists:get_value(large, Entries)) < 100,
    stop(Pid).

a_sensitive_process_is_said_to_hide_its_dictionary_test() ->
    {ok, Pid} = proc_lib:start_link(?MODULE, sensitive, [self()]),
    {ok, #{dictionary := {'$term', []}, hidden := true}} = answer(get_process_dictionary, Pid),
    unlink(Pid),
    stop(Pid).

sensitive(Parent) ->
    process_flag(sensitive, true),
    proc_lib:init_ack(Parent, {ok, self()}),
    receive stop -> ok end.

a_large_process_keeps_its_dictionary_test() ->
    Self = self(),
    Pid = spawn(fun() ->
        put(large, lists:seq(1, 1000000)),
        Self ! ready,
        receive stop -> ok end
    end),
    receive ready -> ok end,
    {error, {too_large, _, #{size := Size, limit := Limit}}} = answer(get_process_dictionary, Pid),
    true = Size > Limit,
    stop(Pid).

memory_is_told_with_the_binaries_test() ->
    Self = self(),
    Pid = spawn(fun() ->
        Binary = binary:copy(<<"x">>, 100000),
        Self ! ready,
        receive stop -> byte_size(Binary) end
    end),
    receive ready -> ok end,
    {ok, #{memory := Memory, binaries := #{count := 1, bytes := 100000, largest := [#{bytes := 100000}]}, heap := Heap}} =
        answer(get_process_memory_info, Pid),
    {memory, Memory} = process_info(Pid, memory),
    true = is_map_key(mbuf_size, Heap),
    stop(Pid).

links_and_monitors_are_told_in_both_directions_test() ->
    Self = self(),
    register(watched, self()),
    Other = idle(),
    Pid = spawn(fun() ->
        link(Other),
        monitor(process, watched),
        Self ! ready,
        receive stop -> unlink(Other) end
    end),
    receive ready -> ok end,
    Monitor = monitor(process, Pid),
    {ok, #{links := [#{pid := Other}], processes := 1, ports := 0}} = answer(get_process_links, Pid),
    {ok, #{
        monitors := #{entries := [#{name := watched, node := Node}]},
        monitored_by := #{entries := [#{pid := Self, name := watched}]}
    }} = answer(get_process_monitors, Pid),
    Node = node(),
    demonitor(Monitor, [flush]),
    unregister(watched),
    stop(Pid),
    stop(Other).

names_leader_and_trap_exit_test() ->
    Kernel = whereis(kernel_sup),
    {ok, #{registered_name := kernel_sup, global_names := []}} = answer(get_process_registered_name, Kernel),
    {ok, #{trap_exit := true}} = answer(get_process_trap_exit, Kernel),
    {group_leader, Leader} = process_info(Kernel, group_leader),
    {ok, #{group_leader := #{pid := Leader}, application := kernel}} = answer(get_process_group_leader, Kernel),
    Pid = idle(),
    yes = global:register_name({some, name}, Pid),
    {ok, #{registered_name := undefined, global_names := [{'$inspect', {some, name}}]}} =
        answer(get_process_registered_name, Pid),
    {ok, #{trap_exit := false}} = answer(get_process_trap_exit, Pid),
    global:unregister_name({some, name}),
    stop(Pid).

%% ---- families ---------------------------------------------------------------------------------

ancestors_are_those_of_proc_lib_and_of_the_runtime_test() ->
    Safe = whereis(kernel_safe_sup),
    {ok, #{ancestors := [#{name := kernel_sup} | _], parents := [#{name := kernel_sup} | _] = Parents, complete := Complete}} =
        answer(find_process_ancestors, Safe),
    #{pid := Last} = lists:last(Parents),
    Complete = process_info(Last, parent) =:= {parent, undefined},
    {ok, #{parents := [], complete := true}} = answer(find_process_ancestors, whereis(init)),
    Orphan = orphan(),
    {ok, #{ancestors := [], complete := false}} = answer(find_process_ancestors, Orphan),
    stop(Orphan).

%% A process whose parent has ended.
orphan() ->
    Self = self(),
    {_, Monitor} = spawn_monitor(fun() -> Self ! {orphan, idle()} end),
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    receive {orphan, Pid} -> Pid end.

descendants_are_found_level_by_level_test() ->
    Self = self(),
    Pid = spawn(fun() ->
        Child = spawn(fun() -> Self ! {grandchild, idle()}, receive stop -> ok end end),
        Self ! {child, Child},
        receive stop -> ok end
    end),
    Child = receive {child, C} -> C end,
    Grandchild = receive {grandchild, G} -> G end,
    {ok, #{descendants := Found, total := 2, depth := 2}} = answer(find_process_descendants, Pid),
    [#{pid := Child, parent := Pid, depth := 1}, #{pid := Grandchild, parent := Child, depth := 2}] = Found,
    {ok, #{descendants := [_], total := 2, left_out := 1}} = answer(find_process_descendants, Pid, #{limit => 1}),
    [stop(One) || One <- [Pid, Child, Grandchild]].

%% ---- the runtime ------------------------------------------------------------------------------

the_system_is_described_test() ->
    with_agent(fun(Guard) ->
        {ok, #{otp_release := Release, node := Node, schedulers := #{online := Online}} = Answer} =
            operate(Guard, get_system_info, #{}),
        Release = list_to_binary(erlang:system_info(otp_release)),
        Node = node(),
        Online = erlang:system_info(schedulers_online),
        false = lists:member(atom_to_binary(erlang:get_cookie()), [Value || Value <- maps:values(Answer), is_binary(Value)])
    end).

schedulers_are_measured_for_a_while_and_then_no_more_test() ->
    Self = self(),
    with_agent(fun(Guard) ->
        undefined = erlang:statistics(scheduler_wall_time),
        {ok, #{each := Rows, utilisation := Mean, sample_ms := 50}} =
            operate(Guard, get_scheduler_info, #{sample_ms => 50}),
        true = length([1 || #{type := normal, utilisation := U} <- Rows, U >= 0, U =< 1]) =:= erlang:system_info(schedulers),
        true = Mean >= 0 andalso Mean =< 1,
        undefined = erlang:statistics(scheduler_wall_time),
        {ok, #{each := [], utilisation := undefined}} = operate(Guard, get_scheduler_info, #{sample_ms => 0}),
        Self ! done
    end),
    receive done -> ok end.

a_measurement_of_others_goes_on_test() ->
    with_agent(fun(Guard) ->
        _ = erlang:system_flag(scheduler_wall_time, true),
        {ok, _} = operate(Guard, get_scheduler_info, #{sample_ms => 1}),
        true = is_list(erlang:statistics(scheduler_wall_time)),
        _ = erlang:system_flag(scheduler_wall_time, false)
    end).

memory_of_the_node_with_allocators_and_tables_test() ->
    Table = ets:new(operate_info_large, [public]),
    ets:insert(Table, [{N, binary:copy(<<"x">>, 60)} || N <- lists:seq(1, 20000)]),
    with_agent(fun(Guard) ->
        {ok, #{memory := #{total := Total}, allocators := Allocators, used := Used, tables := Tables}} =
            operate(Guard, get_memory_info, #{limit => 3}),
        true = abs(Total - erlang:memory(total)) < Total div 2,
        [#{carriers_bytes := Carriers, blocks_bytes := Blocks}] = [Row || #{name := eheap_alloc} = Row <- Allocators],
        true = Blocks > 0 andalso Carriers >= Blocks,
        true = Used > 0 andalso Used =< 1,
        #{largest := [#{name := operate_info_large, bytes := Bytes, rows := 20000, owner := _} | _] = Largest} = Tables,
        true = Bytes =:= ets:info(Table, memory) * erlang:system_info(wordsize),
        3 = length(Largest)
    end).
