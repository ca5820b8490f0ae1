%% Operations that end, start again or remove a child that a supervisor has.
-module(whitebeam_remove).

-export([handler/1, terminate/3, deleted/3, start_again/4, failed/1]).

-define(TIMEOUT_MS, 10000).
-define(KILLED_MS, 2000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(terminate_child) -> fun terminate_child/1;
handler(delete_child) -> fun delete_child/1;
handler(restart_child) -> fun restart_child/1;
handler(remove_child) -> fun remove_child/1;
handler(_) -> undefined.

%% Ends the process of a child in the way of its specification. The supervisor does not restart it; it keeps
%% the specification, unless the child is temporary or dynamic.
terminate_child(Arguments) ->
    {Pid, Child, TimeoutMs} = meant(Arguments),
    Answer = answer(Pid, Child),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true, ends => whitebeam_lineage:family(maps:get(pid, Answer))}};
        _ ->
            Reason = terminate(Pid, Child, TimeoutMs),
            {ok, Answer#{
                alive => is_alive(Answer), exit_reason => Reason, listed => still(Pid, Child) =/= none
            }}
    end.

%% Removes the specification of a child that does not run.
delete_child(Arguments) ->
    {Pid, Child, TimeoutMs} = meant(Arguments),
    #{pid := Process} = Answer = answer(Pid, Child),
    is_pid(Process) andalso
        whitebeam_arguments:fail(refused, <<"the child is running">>, #{closest => <<"remove_child">>}),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            ok = done(whitebeam_supervising:call(Pid, {delete_child, maps:get(id, Child)}, TimeoutMs)),
            {ok, Answer#{listed => still(Pid, Child) =/= none}}
    end.

%% Starts a child that does not run, by its specification.
restart_child(Arguments) ->
    {Pid, Child, TimeoutMs} = meant(Arguments),
    #{pid := Process} = Answer = answer(Pid, Child),
    is_pid(Process) andalso
        whitebeam_arguments:fail(refused, <<"the child is running">>, #{closest => <<"restart_supervisor">>}),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            New = done(whitebeam_supervising:call(Pid, {restart_child, maps:get(id, Child)}, TimeoutMs)),
            {ok, Answer#{pid => New, alive => is_pid(New) andalso is_process_alive(New)}}
    end.

%% Ends a child and removes its specification. With `force` a child that has not ended within timeout_ms is
%% killed; the supervisor waits for it meanwhile, whatever its shutdown time says.
remove_child(Arguments) ->
    {Pid, Child, TimeoutMs} = meant(maps:remove(force, Arguments)),
    #{pid := Process} = Answer = answer(Pid, Child),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true, ends => whitebeam_lineage:family(Process)}};
        _ ->
            Force = maps:get(force, Arguments, false),
            {Killed, Reason} = ended(Pid, Child, TimeoutMs, Force),
            ok = deleted(Pid, Child, TimeoutMs),
            {ok, Answer#{
                alive => is_alive(Answer),
                exit_reason => Reason,
                killed => Killed,
                listed => still(Pid, Child) =/= none
            }}
    end.

%% ---- steps ------------------------------------------------------------------------------------

meant(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    {Pid, whitebeam_supervising:child(Pid, Arguments), whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)}.

answer(Pid, Child) ->
    Row = whitebeam_supervising:shown(Child),
    (maps:with([id, pid, restart, shutdown, type], Row))#{supervisor => Pid}.

is_alive(#{pid := Pid}) ->
    is_pid(Pid) andalso is_process_alive(Pid).

still(Pid, #{dynamic := true, key := Process}) -> whitebeam_supervising:lookup(Pid, [{pid, Process}]);
still(Pid, #{id := Id}) -> whitebeam_supervising:lookup(Pid, [{id, Id}]).

%% Has the supervisor end a child; answers the reason that the child ended for, as text, or undefined if it
%% did not run.
-spec terminate(pid(), map(), timeout()) -> term().
terminate(Pid, #{pid := Process, key := Key}, TimeoutMs) when is_pid(Process) ->
    Monitor = monitor(process, Process),
    try
        ok = done(whitebeam_supervising:call(Pid, {terminate_child, Key}, TimeoutMs)),
        observed(Monitor)
    after
        demonitor(Monitor, [flush])
    end;
terminate(Pid, #{key := Key}, TimeoutMs) ->
    ok = done(whitebeam_supervising:call(Pid, {terminate_child, Key}, TimeoutMs)),
    undefined.

observed(Monitor) ->
    receive
        {'DOWN', Monitor, process, _, Reason} -> whitebeam_supervising:reason(Reason)
    after ?KILLED_MS -> undefined
    end.

%% {whether it had to be killed, reason}
ended(Pid, Child, TimeoutMs, false) ->
    {false, terminate(Pid, Child, TimeoutMs)};
ended(Pid, #{pid := Process} = Child, TimeoutMs, true) ->
    try
        {false, terminate(Pid, Child, TimeoutMs)}
    catch
        throw:{error, {timeout, _, _}} when is_pid(Process) ->
            Monitor = monitor(process, Process),
            exit(Process, kill),
            {true, observed(Monitor)}
    end.

%% Deletes the specification of a child that was ended. A temporary or dynamic one has left with its process.
%% After a kill the supervisor first sees that.
-spec deleted(pid(), map(), non_neg_integer()) -> ok.
deleted(_, #{dynamic := true}, _) ->
    ok;
deleted(Pid, #{id := Id}, TimeoutMs) ->
    case whitebeam_supervising:call(Pid, {delete_child, Id}, max(?KILLED_MS, TimeoutMs)) of
        {error, not_found} -> ok;
        Reply -> done(Reply)
    end.

%% ---- starting again ---------------------------------------------------------------------------

%% Ends a child and starts it again in its place, through the supervisor: that spends none of its restarts.
%% Answers {the reason the old one ended for, new pid or undefined}. A temporary child is not started again.
-spec start_again(pid(), map(), map(), timeout()) -> {term(), pid() | undefined}.
start_again(Pid, _, #{dynamic := false, id := Id, restart := Restart} = Child, TimeoutMs) ->
    Reason = terminate(Pid, Child, TimeoutMs),
    case Restart of
        temporary -> {Reason, undefined};
        _ -> {Reason, done(whitebeam_supervising:call(Pid, {restart_child, Id}, TimeoutMs))}
    end;
start_again(Pid, View, #{start := {_, _, Args}} = Child, TimeoutMs) when is_list(Args) ->
    Given = again(View, Pid, Child),
    Reason = terminate(Pid, Child, TimeoutMs),
    {Reason, whitebeam_add:start(View#{task := false}, Pid, Given, TimeoutMs)};
start_again(_, _, _, _) ->
    Text =
        <<"its supervisor did not keep the arguments that it was started with, which it needs to start it again">>,
    whitebeam_arguments:fail(refused, Text, #{closest => <<"add_child">>}).

%% What starts a dynamic child like this one.
again(#{form := simple}, Pid, #{start := {_, _, Args}}) ->
    #{start := {_, _, Shared}} = whitebeam_supervising:read(Pid, fun whitebeam_layout:template/1),
    {args, lists:nthtail(length(Shared), Args)};
again(_, _, Child) ->
    {spec, maps:with([id, start, restart, shutdown, type, modules], Child)}.

%% ---- replies of supervisors -------------------------------------------------------------------

done(ok) -> ok;
done({ok, Pid}) -> Pid;
done({ok, Pid, _}) -> Pid;
done({error, Reason}) -> failed(Reason).

-spec failed(term()) -> no_return().
failed(not_found) ->
    whitebeam_arguments:fail(
        not_found, <<"the supervisor has no such child any more">>, #{field => <<"child_id">>}
    );
failed(running) ->
    whitebeam_arguments:fail(conflict, <<"the child is running">>);
failed(restarting) ->
    whitebeam_arguments:fail(busy, <<"the supervisor is trying to restart the child">>);
failed(simple_one_for_one) ->
    Text = <<"children of a dynamic supervisor have no specifications of their own">>,
    whitebeam_arguments:fail(refused, Text, #{closest => <<"remove_child">>});
failed(Reason) ->
    whitebeam_arguments:fail(crashed, ["the child could not be started: ", whitebeam_reason:text(Reason)]).
