%% Ending one process: exit signals, now or later, and shutdowns. What came of it is observed, and told
%% with the process that a supervisor put in its place.
-module(whitebeam_lifecycle).

-export([handler/1, victim/1, ask_to_end/1, force_end/1]).

-define(WAIT_MS, 1000).
-define(SHUTDOWN_MS, 5000).
-define(RESTART_MS, 500).
-define(KILL_MS, 2000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(kill_process) -> fun kill_process/1;
handler(send_exit_signal) -> fun send_exit_signal/1;
handler(shutdown_process) -> fun shutdown_process/1;
handler(_) -> undefined.

%% The process of the arguments, which is about to be ended. Top supervisors of applications count as
%% protected: with one of a permanent application the node ends.
-spec victim(map()) -> pid().
victim(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    case {is_top(Pid), Arguments} of
        {false, _} ->
            Pid;
        {true, #{force := true}} ->
            Pid;
        {true, _} ->
            whitebeam_arguments:fail(
                protected,
                <<"it is the top supervisor of an application, which would end with it">>,
                #{closest => <<"stop_application">>}
            )
    end.

is_top(Pid) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =:= node() ->
            erlang:process_info(Parent, initial_call) =:= {initial_call, {application_master, start_it, 4}};
        _ ->
            false
    end.

%% ---- exit signals -----------------------------------------------------------------------------

%% Ends a process with a reason, and fails if it did not end.
kill_process(Arguments) ->
    Pid = victim(Arguments),
    Reason = reason(reason, Arguments),
    case signal(Pid, Reason, Arguments) of
        {ok, #{ended := false, dry_run := _} = Answer} ->
            {ok, Answer};
        {ok, #{ended := false}} ->
            Text = [<<"it is still alive: ">>, why_alive(Pid, Reason), <<" (the reason kill cannot be trapped)">>],
            whitebeam_arguments:fail(timeout, Text, #{closest => <<"kill_process">>});
        Answer ->
            Answer
    end.

%% Sends an exit signal, and tells whether the process ended of it.
send_exit_signal(#{delay_ms := Delay} = Arguments) when Delay > 0 ->
    Pid = victim(Arguments),
    Reason = reason(signal, Arguments),
    Answer = #{pid => Pid, signal => {'$inspect', Reason}, delay_ms => Delay},
    case Arguments of
        #{dry_run := true} -> {ok, Answer#{dry_run => true}};
        _ -> {ok, Answer#{lease => later(Pid, Reason, Delay, Answer)}}
    end;
send_exit_signal(Arguments) ->
    signal(victim(Arguments), reason(signal, Arguments), Arguments).

%% A lease that is ended before its time sends nothing. Answers its id.
later(Pid, Reason, Delay, About) ->
    {Lease, sent_later} = whitebeam_leases:hold(exit_signal, make_ref(), About, Delay, fun() ->
        _ = monitor(process, Pid),
        Due = erlang:monotonic_time(millisecond) + Delay,
        Send = fun() -> erlang:monotonic_time(millisecond) >= Due andalso exit(Pid, Reason) end,
        {ok, sent_later, Send}
    end),
    Lease.

reason(Key, Arguments) ->
    case Arguments of
        #{Key := Term} -> whitebeam_arguments:term(Term);
        _ -> kill
    end.

signal(Pid, Reason, #{dry_run := true}) ->
    Place = whitebeam_fate:place(Pid),
    Base = #{pid => Pid, signal => {'$inspect', Reason}, ended => ends(Pid, Reason), dry_run => true},
    {ok, explained(Pid, Reason, maps:merge(whitebeam_fate:shown(Place), Base))};
signal(Pid, Reason, Arguments) ->
    Place = whitebeam_fate:place(Pid),
    Monitor = monitor(process, Pid),
    exit(Pid, Reason),
    Answer = #{pid => Pid, signal => {'$inspect', Reason}},
    receive
        {'DOWN', Monitor, process, _, Ended} ->
            {ok, maps:merge(Answer, whitebeam_fate:ended({Pid, Place}, Ended, ?RESTART_MS))}
    after wait(Pid, Reason, Arguments) ->
        demonitor(Monitor, [flush]),
        {ok, explained(Pid, Reason, Answer#{ended => false})}
    end.

%% Nothing is to be waited for where the signal is ignored.
wait(Pid, normal, Arguments) ->
    case traps(Pid) of
        true -> maps:get(timeout_ms, Arguments, ?WAIT_MS);
        false -> 0
    end;
wait(_, _, Arguments) ->
    maps:get(timeout_ms, Arguments, ?WAIT_MS).

%% Whether a process will end of a signal; undefined where that is for the process to decide.
ends(_, kill) ->
    true;
ends(Pid, Reason) ->
    case traps(Pid) of
        true -> undefined;
        false -> Reason =/= normal
    end.

traps(Pid) ->
    erlang:process_info(Pid, trap_exit) =:= {trap_exit, true}.

explained(_, kill, Answer) -> Answer;
explained(Pid, Reason, #{ended := Ended} = Answer) when Ended =/= true -> Answer#{why => why_alive(Pid, Reason)};
explained(_, _, Answer) -> Answer.

why_alive(Pid, Reason) ->
    case {traps(Pid), whitebeam_kind:of_process(Pid)} of
        {false, _} when Reason =:= normal -> <<"a process that does not trap exits ignores the signal normal">>;
        {true, {supervisor, _}} -> <<"a supervisor ignores exit signals that are not from its parent">>;
        {true, _} -> <<"it traps exits, so the signal became a message that it handles as it likes">>;
        {false, _} -> <<"it has not handled the signal yet">>
    end.

%% ---- shutdown ---------------------------------------------------------------------------------

%% method supervisor: its supervisor ends it, and does not restart it. method process, the default:
%% a process of a behaviour is asked by a system message, so that it runs its terminate callback,
%% any other gets the signal shutdown; after timeout_ms it is killed unless `kill` is false.
shutdown_process(#{method := supervisor} = Arguments) ->
    Pid = victim(Arguments),
    case whitebeam_fate:place(Pid) of
        none ->
            Details = #{field => <<"method">>, closest => <<"shutdown_process">>},
            whitebeam_arguments:fail(refused, <<"it is not known as the child of a supervisor">>, Details);
        Place ->
            through_supervisor(Pid, Place, Arguments)
    end;
shutdown_process(Arguments) ->
    Pid = victim(Arguments),
    Place = whitebeam_fate:place(Pid),
    Method = method(Pid),
    case Arguments of
        #{dry_run := true} ->
            Answer = #{pid => Pid, method => Method, ended => true, dry_run => true},
            {ok, maps:merge(whitebeam_fate:shown(Place), Answer)};
        _ ->
            {Reason, Killed} = shut_down(Pid, Method, Arguments),
            Answer = #{pid => Pid, method => Method, killed => Killed},
            {ok, maps:merge(Answer, whitebeam_fate:ended({Pid, Place}, Reason, ?RESTART_MS))}
    end.

through_supervisor(Pid, Place, #{dry_run := true}) ->
    Answer = #{pid => Pid, method => supervisor, ended => true, restarted_as => undefined, dry_run => true},
    {ok, maps:merge(whitebeam_fate:shown(Place), Answer)};
through_supervisor(Pid, Place, Arguments) ->
    Monitor = monitor(process, Pid),
    Timeout = maps:get(timeout_ms, Arguments, ?SHUTDOWN_MS),
    case whitebeam_fate:terminate_child(Pid, Place, Timeout) of
        ok ->
            receive
                {'DOWN', Monitor, process, _, Reason} ->
                    Answer = #{pid => Pid, method => supervisor, killed => Reason =:= killed},
                    {ok, maps:merge(Answer, whitebeam_fate:ended({Pid, Place}, Reason, 0))}
            after ?KILL_MS -> whitebeam_arguments:fail(timeout, <<"it is still alive">>)
            end;
        {error, timeout} ->
            whitebeam_arguments:fail(timeout, <<"its supervisor did not answer in time, but may still end it">>);
        {error, gone} ->
            whitebeam_arguments:fail(gone, <<"its supervisor ended meanwhile">>);
        {error, Why} ->
            whitebeam_arguments:fail(refused, ["its supervisor refused: ", whitebeam_reason:text(Why)])
    end.

method(Pid) ->
    try whitebeam_sys:check(Pid) of
        ok -> system_message
    catch
        throw:_ -> exit_signal
    end.

%% Answers the reason it ended for, and whether it had to be killed.
shut_down(Pid, Method, Arguments) ->
    Monitor = monitor(process, Pid),
    ask_to_end(Pid, Method),
    receive
        {'DOWN', Monitor, process, _, Reason} -> {Reason, false}
    after maps:get(timeout_ms, Arguments, ?SHUTDOWN_MS) ->
        demonitor(Monitor, [flush]),
        maps:get(kill, Arguments, true) orelse
            whitebeam_arguments:fail(timeout, <<"it is still alive">>, #{closest => <<"shutdown_process">>}),
        {force_end(Pid), true}
    end.

%% Asks a process to end in the most orderly way that it is proven to understand.
-spec ask_to_end(pid()) -> ok.
ask_to_end(Pid) ->
    ask_to_end(Pid, method(Pid)).

ask_to_end(Pid, system_message) ->
    Pid ! {system, {self(), make_ref()}, {terminate, shutdown}},
    ok;
ask_to_end(Pid, exit_signal) ->
    exit(Pid, shutdown),
    ok.

%% Kills a process, and answers the reason that it ended for.
-spec force_end(pid()) -> term().
force_end(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive
        {'DOWN', Monitor, process, _, Ended} -> Ended
    after ?KILL_MS ->
        demonitor(Monitor, [flush]),
        whitebeam_arguments:fail(timeout, <<"it was killed, but has not ended yet">>)
    end.
