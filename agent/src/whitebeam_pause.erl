%% Pausing a supervisor: it handles no message until it is resumed, so that children that end meanwhile are
%% restarted only then. Held as a lease, because sys:suspend/1 would outlive us; never for the trees of the
%% runtime system.
-module(whitebeam_pause).

-export([handler/1]).

-define(SUSPEND_MS, 5000).
-define(LEASE_MS, 60000).
-define(LONGEST_MS, 3600000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(pause_supervisor) -> fun pause/1;
handler(resume_supervisor) -> fun resume/1;
handler(_) -> undefined.

pause(Arguments) ->
    Pid = whitebeam_supervising:changeable(maps:remove(force, Arguments)),
    Ms = maps:get(duration_ms, Arguments, ?LEASE_MS),
    is_integer(Ms) andalso Ms > 0 andalso Ms =< ?LONGEST_MS orelse
        whitebeam_arguments:fail(invalid, <<"it is from 1 ms to an hour">>, #{field => <<"duration_ms">>}),
    ok = not_runtime(Pid),
    ok = whitebeam_sys:check(Pid),
    case Arguments of
        #{dry_run := true} ->
            {ok, #{supervisor => Pid, paused => false, duration_ms => Ms, dry_run => true}};
        _ ->
            About = #{pid => Pid, name => whitebeam_supervising:name(Pid)},
            {Lease, ok} = whitebeam_leases:hold(pause_supervisor, Pid, About, Ms, fun() -> suspend(Pid) end),
            {ok, #{
                supervisor => Pid, paused => whitebeam_supervising:is_paused(Pid), duration_ms => Ms,
                lease => Lease
            }}
    end.

not_runtime(Pid) ->
    case application:get_application(Pid) of
        {ok, Name} when Name =:= kernel; Name =:= stdlib; Name =:= sasl ->
            whitebeam_arguments:fail(protected, io_lib:format("it belongs to the application ~ts", [Name]));
        _ ->
            ok
    end.

%% Runs in the lease's process. Where the answer is late the question still waits before the supervisor: what
%% resumes it is put behind that.
suspend(Pid) ->
    _ = monitor(process, Pid),
    try sys:suspend(Pid, ?SUSPEND_MS) of
        ok -> {ok, ok, fun() -> wake(Pid) end}
    catch
        exit:{timeout, _} ->
            _ = wake(Pid),
            {error, {busy, <<"the supervisor did not answer in time">>, #{timeout_ms => ?SUSPEND_MS}}};
        exit:_ ->
            {error, {gone, <<"the supervisor ended meanwhile">>, #{}}}
    end.

wake(Pid) ->
    try
        sys:resume(Pid, 1000)
    catch
        exit:_ -> ok
    end.

%% Ends our pause; one that somebody else made only with `force`. What happened meanwhile is handled before
%% the answer: the supervisor answers after the ends of children that waited.
resume(Arguments) ->
    Pid = whitebeam_supervising:supervisor(Arguments),
    whitebeam_supervising:is_paused(Pid) orelse
        whitebeam_arguments:fail(conflict, <<"the supervisor is not paused">>),
    Waiting = waiting(Pid),
    Ours = ours(Pid),
    Ours orelse maps:get(force, Arguments, false) orelse
        whitebeam_arguments:fail(refused, <<"it was paused by somebody else; that can be ended with force">>),
    Answer = (preview(Pid))#{supervisor => Pid, waiting_messages => Waiting},
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true, paused => true}};
        _ ->
            _ = whitebeam_leases:release(pause_supervisor, Pid) orelse wake(Pid),
            {ok, maps:merge(Answer, afterwards(Pid))}
    end.

waiting(Pid) ->
    case erlang:process_info(Pid, message_queue_len) of
        {message_queue_len, Length} -> Length;
        undefined -> 0
    end.

ours(Pid) ->
    lists:any(
        fun({_, Kind, About, _}) -> Kind =:= pause_supervisor andalso maps:get(pid, About) =:= Pid end,
        whitebeam_leases:list()
    ).

%% Children that have ended while it was paused, and the restarts that are left for them.
preview(Pid) ->
    {Ended, View} = whitebeam_supervising:read(Pid, fun(State) ->
        Rows = whitebeam_layout:page(State, 0, 1000),
        Dead = [Row || #{pid := P} = Row <- Rows, is_pid(P), not is_process_alive(P)],
        Ended = [whitebeam_supervising:shown_id(Id) || #{id := Id} <- Dead],
        {Ended, whitebeam_layout:flags(State)}
    end),
    #{
        ended_while_paused => lists:sublist(Ended, 200), ended_count => length(Ended),
        budget => whitebeam_supervising:budget(View)
    }.

afterwards(Pid) ->
    try whitebeam_supervising:view(Pid) of
        View ->
            #{
                paused => whitebeam_supervising:is_paused(Pid), alive => true,
                budget_after => whitebeam_supervising:budget(View)
            }
    catch
        throw:{error, {gone, _, _}} -> #{paused => false, alive => false, budget_after => undefined}
    end.
