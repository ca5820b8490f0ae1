%% Suspending processes, for a while: each suspension is a lease.
%%
%% mode scheduler: the runtime gives the process no time, whatever it is. It ends with the lease's
%% process, since suspensions belong to who made them. mode system: a process of a behaviour stops between two
%% messages (sys:suspend/1) and goes on answering system messages. The runtime does not undo that one by
%% itself, the lease does.
-module(whitebeam_suspend).

-export([handler/1]).

-define(LEASE_MS, 60000).
-define(TIMEOUT_MS, 1000).
%% With more messages before it the request would not be read in time.
-define(QUEUE, 100000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(suspend_process) -> fun suspend_process/1;
handler(resume_process) -> fun resume_process/1;
handler(pause_process_scheduling) -> fun(Arguments) -> suspend_process(Arguments#{mode => scheduler}) end;
handler(resume_process_scheduling) -> fun(Arguments) -> resume_process(Arguments#{mode => scheduler}) end;
handler(_) -> undefined.

suspend_process(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Mode = maps:get(mode, Arguments, scheduler),
    ok = check(Pid, Mode),
    Ms = maps:get(duration_ms, Arguments, ?LEASE_MS),
    Base = #{pid => Pid, mode => Mode, ends_in_ms => Ms},
    case Arguments of
        #{dry_run := true} ->
            {ok, Base#{suspended => true, dry_run => true}};
        _ ->
            Timeout = maps:get(timeout_ms, Arguments, ?TIMEOUT_MS),
            About = maps:remove(ends_in_ms, Base),
            Take = fun() -> take(Mode, Pid, Timeout) end,
            {Lease, ok} = whitebeam_leases:hold(suspension, {Mode, Pid}, About, Ms, Take),
            {ok, Base#{lease => Lease, suspended => is_suspended(Mode, Pid), status => status(Pid)}}
    end.

%% Processes that others wait for at each line of output are never stopped.
check(Pid, Mode) ->
    is_group_leader(Pid) andalso
        whitebeam_arguments:fail(refused, <<"it is the group leader of other processes, which would hang with it">>),
    case {Mode, is_suspended(Mode, Pid)} of
        {system, true} ->
            whitebeam_arguments:fail(conflict, <<"it is suspended already">>, #{closest => <<"resume_process">>});
        {system, false} ->
            whitebeam_sys:check(Pid, ?QUEUE);
        {scheduler, _} ->
            ok
    end.

%% Cost: a look at each process, for what costs it nothing.
is_group_leader(Pid) ->
    lists:any(
        fun(Other) -> Other =/= Pid andalso erlang:process_info(Other, group_leader) =:= {group_leader, Pid} end,
        processes()
    ).

%% Both run in the lease's process.
take(scheduler, Pid, Timeout) ->
    Monitor = monitor(process, Pid),
    Tag = make_ref(),
    true = erlang:suspend_process(Pid, [{asynchronous, Tag}]),
    receive
        {Tag, suspended} -> {ok, ok, fun() -> resumed(Pid) end};
        {Tag, _} -> gone();
        {'DOWN', Monitor, process, _, _} -> gone()
    after Timeout ->
        resumed(Pid),
        {error, {busy, <<"it could not be stopped in time; it may run native code">>, #{}}}
    end;
take(system, Pid, Timeout) ->
    _ = monitor(process, Pid),
    try sys:suspend(Pid, Timeout) of
        ok -> {ok, ok, fun() -> go_on(Pid) end}
    catch
        exit:{timeout, _} ->
            go_on(Pid), % it reads the second message after the first
            {error, {busy, <<"the process did not answer in time">>, #{}}};
        exit:_ ->
            gone()
    end.

gone() ->
    {error, {gone, <<"the process ended meanwhile">>, #{}}}.

resumed(Pid) ->
    try
        erlang:resume_process(Pid)
    catch
        error:badarg -> false % it has ended
    end.

%% Does not wait: the process may be gone, or be stopped by something else too.
go_on(Pid) ->
    Pid ! {system, {self(), make_ref()}, resume}.

%% ---- resuming ---------------------------------------------------------------------------------

resume_process(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Leases = [{Id, About} || {Id, suspension, #{pid := P} = About, _} <- whitebeam_leases:list(), P =:= Pid],
    Held =
        case Arguments of
            #{mode := Mode} -> [{Id, Mode} || {Id, #{mode := M}} <- Leases, M =:= Mode];
            _ -> [{Id, Mode} || {Id, #{mode := Mode}} <- Leases]
        end,
    resume(Pid, Held, Arguments).

resume(Pid, [], Arguments) ->
    case {Arguments, is_suspended(system, Pid), status(Pid)} of
        {#{mode := system}, true, Status} when Status =/= suspended ->
            by_message(Pid, Arguments);
        {_, true, _} ->
            Text = <<"it was suspended with sys:suspend/1 by someone else; only the mode system undoes that">>,
            whitebeam_arguments:fail(refused, Text, #{field => <<"mode">>, closest => <<"resume_process">>});
        {_, _, suspended} ->
            Text = <<"it was suspended by a process of the node, and only that one can resume it">>,
            whitebeam_arguments:fail(refused, Text);
        _ ->
            whitebeam_arguments:fail(conflict, <<"it is not suspended">>)
    end;
resume(Pid, Held, Arguments) ->
    Base = #{pid => Pid, resumed => [Mode || {_, Mode} <- Held]},
    case Arguments of
        #{dry_run := true} ->
            {ok, Base#{dry_run => true}};
        _ ->
            [whitebeam_leases:release_id(Id) || {Id, _} <- Held],
            {ok, maps:merge(Base, seen(Pid, Arguments))}
    end.

by_message(Pid, #{dry_run := true}) ->
    {ok, #{pid => Pid, resumed => [system], dry_run => true}};
by_message(Pid, Arguments) ->
    go_on(Pid),
    {ok, maps:merge(#{pid => Pid, resumed => [system]}, seen(Pid, Arguments))}.

%% A resumption by message is seen when the process has read it.
seen(Pid, Arguments) ->
    Until = erlang:monotonic_time(millisecond) + maps:get(timeout_ms, Arguments, ?TIMEOUT_MS),
    seen_until(Pid, Until).

seen_until(Pid, Until) ->
    Suspended = is_suspended(system, Pid) orelse status(Pid) =:= suspended,
    case Suspended andalso erlang:monotonic_time(millisecond) < Until of
        true -> receive after 5 -> seen_until(Pid, Until) end;
        false -> #{suspended => Suspended, status => status(Pid)}
    end.

status(Pid) ->
    case erlang:process_info(Pid, status) of
        {status, Status} -> Status;
        undefined -> undefined
    end.

is_suspended(scheduler, Pid) ->
    status(Pid) =:= suspended;
is_suspended(system, Pid) ->
    whitebeam_sys:is_suspended(Pid).
