%% Operations that show the runtime system of the node: what it is, what its schedulers do, and where its
%% memory is.
-module(whitebeam_runtime).

-export([handler/1]).

-define(SAMPLE_MOST, 10000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_system_info) -> fun get_system_info/1;
handler(get_scheduler_info) -> fun get_scheduler_info/1;
handler(get_memory_info) -> fun get_memory_info/1;
handler(_) -> undefined.

%% ---- the system -------------------------------------------------------------------------------

get_system_info(_) ->
    {ok, (limits())#{
        node => node(),
        connected_nodes => length(nodes()),
        hidden_nodes => length(nodes(hidden)),
        otp_release => text(erlang:system_info(otp_release)),
        erts_version => text(erlang:system_info(version)),
        elixir_version => version(elixir),
        kernel_version => version(kernel),
        stdlib_version => version(stdlib),
        emulator => known(emu_flavor),
        emulator_type => known(emu_type),
        architecture => text(erlang:system_info(system_architecture)),
        operating_system => operating_system(),
        os_pid => text(os:getpid()),
        word_bytes => erlang:system_info(wordsize),
        schedulers => schedulers(),
        async_threads => erlang:system_info(thread_pool_size),
        dist_buf_busy_limit => erlang:system_info(dist_buf_busy_limit),
        code_mode => code:get_mode(),
        modules_loaded => length(erlang:loaded()),
        applications_running => length(ets:match(ac_tab, {{application_master, '$1'}, '_'})),
        time => clock()
    }}.

limits() ->
    {ok, Figures} = whitebeam_system:figures([]),
    Keys = [atoms, atom_limit, ets, ets_limit, ports, port_limit, processes, process_limit, uptime_ms],
    maps:with(Keys, Figures).

text(List) ->
    unicode:characters_to_binary(List).

version(Application) ->
    case application:get_key(Application, vsn) of
        {ok, Version} -> text(Version);
        undefined -> undefined
    end.

%% Something that not every release knows.
known(Item) ->
    try erlang:system_info(Item)
    catch
        error:badarg -> undefined
    end.

operating_system() ->
    {Family, Name} = os:type(),
    Version =
        case os:version() of
            {A, B, C} -> io_lib:format("~b.~b.~b", [A, B, C]);
            Text -> Text
        end,
    #{family => Family, name => Name, version => text(Version)}.

schedulers() ->
    #{
        total => erlang:system_info(schedulers),
        online => erlang:system_info(schedulers_online),
        dirty_cpu => erlang:system_info(dirty_cpu_schedulers),
        dirty_cpu_online => erlang:system_info(dirty_cpu_schedulers_online),
        dirty_io => erlang:system_info(dirty_io_schedulers)
    }.

clock() ->
    #{
        now => {'$time', erlang:system_time(millisecond)},
        offset => erlang:system_info(time_offset),
        correction => erlang:system_info(time_correction),
        warp_mode => erlang:system_info(time_warp_mode)
    }.

%% ---- schedulers -------------------------------------------------------------------------------

%% How busy each scheduler was during sample_ms. The measurement is switched on by reference: the
%% runtime switches it off again when the last process that asked for it has ended or released it.
get_scheduler_info(Arguments) ->
    Ms = min(?SAMPLE_MOST, max(0, maps:get(sample_ms, Arguments, 1000))),
    Rows = sampled(Ms),
    {ok, (schedulers())#{
        sample_ms => Ms,
        run_queue => erlang:statistics(run_queue),
        run_queues => erlang:statistics(run_queue_lengths_all),
        active_tasks => erlang:statistics(active_tasks_all),
        context_switches => element(1, erlang:statistics(context_switches)),
        bind_type => erlang:system_info(scheduler_bind_type),
        utilisation => utilisation(Rows),
        each => Rows
    }}.

sampled(0) ->
    [];
sampled(Ms) ->
    _ = erlang:system_flag(scheduler_wall_time, true),
    try
        First = erlang:statistics(scheduler_wall_time_all),
        receive after Ms -> ok end,
        Second = erlang:statistics(scheduler_wall_time_all),
        rows(lists:sort(First), lists:sort(Second))
    after
        erlang:system_flag(scheduler_wall_time, false)
    end.

rows(First, Second) ->
    Normal = erlang:system_info(schedulers),
    Cpu = Normal + erlang:system_info(dirty_cpu_schedulers),
    [
        #{id => Id, type => type(Id, Normal, Cpu), utilisation => share(A2 - A1, T2 - T1)}
     || {{Id, A1, T1}, {Id, A2, T2}} <- lists:zip(First, Second)
    ].

type(Id, Normal, _) when Id =< Normal -> normal;
type(Id, _, Cpu) when Id =< Cpu -> dirty_cpu;
type(_, _, _) -> dirty_io.

share(_, Total) when Total =< 0 -> 0.0;
share(Active, Total) -> round(10000 * Active / Total) / 10000.

%% The mean of the normal schedulers that are online; the others do no work.
utilisation(Rows) ->
    Online = erlang:system_info(schedulers_online),
    case [Share || #{id := Id, type := normal, utilisation := Share} <- Rows, Id =< Online] of
        [] -> undefined;
        Shares -> round(10000 * lists:sum(Shares) / length(Shares)) / 10000
    end.

%% ---- memory -----------------------------------------------------------------------------------

%% What erlang:memory/0 says, what the allocators hold and use of it, and the largest tables. Cost: each
%% scheduler is asked once, and a look-up for each table.
get_memory_info(Arguments) ->
    Tables = whitebeam_bounds:limit(limit, Arguments, 10),
    Allocators = [Row || Name <- erlang:system_info(alloc_util_allocators), Row <- allocator(Name)],
    Carriers = lists:sum([Bytes || #{carriers_bytes := Bytes} <- Allocators]),
    Blocks = lists:sum([Bytes || #{blocks_bytes := Bytes} <- Allocators]),
    {ok, #{
        memory => maps:from_list(erlang:memory()),
        allocators => Allocators,
        carriers_bytes => Carriers,
        blocks_bytes => Blocks,
        used => share(Blocks, Carriers),
        tables => tables(Tables)
    }}.

%% An allocator: the bytes that it got from the operating system, and those that are in use.
allocator(Name) ->
    case erlang:system_info({allocator_sizes, Name}) of
        Instances when is_list(Instances) ->
            Parts = [Part || {instance, _, Kinds} <- Instances, {Kind, Part} <- Kinds, is_carrier(Kind)],
            Carriers = lists:sum([size_of(carriers_size, Part) || Part <- Parts]),
            Blocks = lists:sum([blocks(Part) || Part <- Parts]),
            [#{name => Name, carriers_bytes => Carriers, blocks_bytes => Blocks, used => share(Blocks, Carriers)}];
        _ ->
            []
    end.

%% Multi-block and single-block carriers, and the pool of those that are kept for others.
is_carrier(mbcs) -> true;
is_carrier(sbcs) -> true;
is_carrier(mbcs_pool) -> true;
is_carrier(_) -> false.

size_of(Key, Part) ->
    case lists:keyfind(Key, 1, Part) of
        false -> 0;
        Found -> element(2, Found)
    end.

%% {blocks, [{Type, [{size, …}]}]}; the figures are current alone, or current with maxima.
blocks(Part) ->
    case lists:keyfind(blocks, 1, Part) of
        {blocks, Types} -> lists:sum([size_of(size, Sizes) || {_, Sizes} <- Types]);
        _ -> size_of(blocks_size, Part)
    end.

tables(Most) ->
    All = whitebeam_bounds:breathe(fun table/1, ets:all()),
    Largest = lists:sublist(lists:reverse(lists:sort(All)), Most),
    Word = erlang:system_info(wordsize),
    #{
        total => length(All),
        bytes => Word * lists:sum([Words || {Words, _, _} <- All]),
        largest => [
            #{name => Name, bytes => Word * Words, rows => ets:info(Table, size), owner => ets:info(Table, owner)}
         || {Words, Table, Name} <- Largest
        ]
    }.

table(Table) ->
    case {ets:info(Table, memory), ets:info(Table, name)} of
        {Words, Name} when is_integer(Words) -> [{Words, Table, Name}];
        _ -> []
    end.
