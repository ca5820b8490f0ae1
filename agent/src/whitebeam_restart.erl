%% Restarting and stopping supervisors by those that are in charge of them: a supervisor by its parent, the
%% top of an application by the application controller, children by their supervisor. That spends no restarts
%% and ends processes in the order and with the time that they were promised.
-module(whitebeam_restart).

-export([handler/1, restart/1]).

-define(TIMEOUT_MS, 10000).
-define(DELAY_MS, 20000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(restart_supervisor) -> fun restart/1;
handler(stop_supervisor) -> fun stop/1;
handler(_) -> undefined.

%% target: supervisor (itself, by its parent), children (all, in order), child (the one of child_id). An exit
%% signal of a stranger means nothing to a supervisor, so `reason` is only for the records of the daemon.
-spec restart(map()) -> {ok, map()}.
restart(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    Target = maps:get(target, Arguments, supervisor),
    Delay = maps:get(delay_ms, Arguments, 0),
    is_integer(Delay) andalso Delay >= 0 andalso Delay =< ?DELAY_MS orelse
        whitebeam_arguments:fail(invalid, <<"it is from 0 to 20000 ms">>, #{field => <<"delay_ms">>}),
    Plan = plan(Target, Pid, Arguments),
    Answer = #{supervisor => Pid, target => Target, delay_ms => Delay, spends_restarts => false},
    case Arguments of
        #{dry_run := true} ->
            {ok, (maps:merge(Answer, expected(Plan, Pid)))#{dry_run => true}};
        _ ->
            receive after Delay -> ok end,
            Delay > 0 andalso (is_process_alive(Pid) orelse changed(Pid)),
            {ok, maps:merge(Answer, run(Plan, Pid, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)))}
    end.

-spec changed(pid()) -> no_return().
changed(Pid) ->
    Details = #{supervisor => whitebeam_arguments:pid_text(Pid)},
    whitebeam_arguments:fail(conflict, <<"the supervisor ended by itself meanwhile; nothing was done">>, Details).

plan(supervisor, Pid, Arguments) ->
    case whitebeam_lineage:parent(Pid) of
        {supervisor, Parent, Child} -> {parent, Parent, kept(Parent, Child)};
        {application, Name} -> {application, whitebeam_application:restartable(Name, Arguments)};
        {other, Other} -> orphan(Other);
        none -> orphan(none)
    end;
plan(children, Pid, _) ->
    {children, Pid, whitebeam_supervising:view(Pid)};
plan(Child, Pid, Arguments) when Child =:= child; Child =:= child_id ->
    {child, Pid, kept(Pid, whitebeam_supervising:child(Pid, Arguments))};
plan(_, _, _) ->
    whitebeam_arguments:fail(invalid, <<"it is supervisor, children or child">>, #{field => <<"target">>}).

%% A child that could not be started again is not ended either.
kept(Parent, #{restart := temporary, dynamic := false} = Child) ->
    Details = #{closest => <<"terminate_child">>, supervisor => whitebeam_arguments:pid_text(Parent)},
    Why = " is temporary: its supervisor forgets it when it ends",
    Text = ["the child ", whitebeam_inspect:text(maps:get(id, Child)), Why],
    whitebeam_arguments:fail(refused, Text, Details);
kept(_, #{start := {_, _, Args}, dynamic := true}) when not is_list(Args) ->
    Text = <<"its supervisor did not keep the arguments that it was started with">>,
    whitebeam_arguments:fail(refused, Text, #{closest => <<"add_child">>});
kept(_, Child) ->
    Child.

-spec orphan(pid() | none) -> no_return().
orphan(none) ->
    Text = <<"nobody is in charge of it who could start it again">>,
    whitebeam_arguments:fail(refused, Text, #{closest => <<"stop_supervisor">>});
orphan(Pid) ->
    Why = ", which is no supervisor and would not start it again",
    Text = ["it was started by ", whitebeam_arguments:pid_text(Pid), Why],
    whitebeam_arguments:fail(refused, Text, #{closest => <<"stop_supervisor">>}).

expected({children, Pid, #{total := Total}}, _) ->
    #{ends => whitebeam_lineage:family(Pid), child_count => Total, by => supervisor};
expected({child, _, Child}, _) ->
    #{
        ends => whitebeam_lineage:family(whitebeam_supervising:alive_pid(maps:get(pid, Child))),
        by => supervisor
    };
expected({parent, Parent, _}, Pid) ->
    #{ends => whitebeam_lineage:family(Pid), by => supervisor, parent => Parent};
expected({application, Plan}, Pid) ->
    #{
        ends => whitebeam_lineage:family(Pid), by => application_controller,
        application => whitebeam_application:shown(Plan)
    }.

run({parent, Parent, Child}, Pid, TimeoutMs) ->
    #{total := Family} = whitebeam_lineage:family(Pid),
    {Reason, New} = whitebeam_remove:start_again(Parent, whitebeam_supervising:view(Parent), Child, TimeoutMs),
    #{
        parent => Parent, new_pid => New, exit_reason => Reason, ended => Family,
        alive => is_pid(New) andalso is_process_alive(New)
    };
run({application, Plan}, _, TimeoutMs) ->
    Restarted = whitebeam_application:run(Plan, TimeoutMs),
    New = maps:get(top, Restarted),
    #{application => Restarted, new_pid => New, alive => is_pid(New) andalso is_process_alive(New)};
run({child, Pid, Child}, _, TimeoutMs) ->
    {Reason, New} = whitebeam_remove:start_again(Pid, whitebeam_supervising:view(Pid), Child, TimeoutMs),
    #{child => restarted(Child, Reason, New), alive => is_process_alive(Pid)};
run({children, Pid, View}, _, TimeoutMs) ->
    {Rows, More} = children(Pid, View, TimeoutMs),
    #{children => Rows, left_out => More, alive => is_process_alive(Pid)}.

restarted(Child, Reason, New) ->
    #{
        id => whitebeam_supervising:shown_id(maps:get(id, Child)),
        old_pid => whitebeam_supervising:alive_pid(maps:get(pid, Child)),
        new_pid => New,
        exit_reason => Reason
    }.

%% ---- all children -----------------------------------------------------------------------------

-define(CHILDREN, 1000).
-define(SHOWN, 200).

%% Static children: all are ended, last started first, then all start in order, as one_for_all does. Dynamic
%% ones one after the other.
children(_, #{total := Total}, _) when Total > ?CHILDREN ->
    Details = #{children => Total, limit => ?CHILDREN},
    whitebeam_arguments:fail(too_large, <<"it has too many children to restart them one by one">>, Details);
children(Pid, #{form := static} = View, TimeoutMs) ->
    Children = page(Pid, View),
    Ended = [{Child, end_one(Pid, Child, TimeoutMs)} || Child <- lists:reverse(Children)],
    rows([restarted(Child, Reason, again(Pid, Child, TimeoutMs)) || {Child, Reason} <- lists:reverse(Ended)]);
children(Pid, View, TimeoutMs) ->
    Children = [Child || #{pid := Process} = Child <- page(Pid, View), is_pid(Process)],
    lists:foreach(fun(Child) -> kept(Pid, Child) end, Children),
    rows([one(Pid, View, Child, TimeoutMs) || Child <- Children]).

page(Pid, #{total := Total}) ->
    whitebeam_supervising:read(Pid, fun(State) -> whitebeam_layout:page(State, 0, Total) end).

rows(Rows) ->
    {lists:sublist(Rows, ?SHOWN), max(0, length(Rows) - ?SHOWN)}.

one(Pid, View, Child, TimeoutMs) ->
    {Reason, New} = whitebeam_remove:start_again(Pid, View, Child, TimeoutMs),
    restarted(Child, Reason, New).

%% Who has left meanwhile is not there to be ended.
end_one(Pid, Child, TimeoutMs) ->
    try
        whitebeam_remove:terminate(Pid, Child, TimeoutMs)
    catch
        throw:{error, {not_found, _, _}} -> undefined
    end.

again(_, #{restart := temporary}, _) ->
    undefined;
again(Pid, #{id := Id}, TimeoutMs) ->
    case whitebeam_supervising:call(Pid, {restart_child, Id}, TimeoutMs) of
        {ok, New} -> New;
        {ok, New, _} -> New;
        {error, Reason} -> whitebeam_remove:failed(Reason)
    end.

%% ---- stopping ---------------------------------------------------------------------------------

%% By its parent, which keeps the specification, so that restart_child brings it back; what nobody supervises
%% is asked to end itself, normally, which does no harm to those it is linked to.
stop(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    Parent = whitebeam_lineage:parent(Pid),
    {By, Shown} = charge(Parent, Pid),
    Family = whitebeam_lineage:family(Pid),
    Answer = #{supervisor => Pid, by => By, parent => Shown, ends => Family},
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            Reason = stopped(By, Parent, Pid, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)),
            Left = [P || #{pid := P} <- maps:get(processes, Family), is_process_alive(P)],
            {ok, Answer#{alive => is_process_alive(Pid), exit_reason => Reason, still_alive => Left}}
    end.

charge({supervisor, Parent, _}, _) ->
    {supervisor, Parent};
charge({application, Name}, _) ->
    Details = #{application => atom_to_binary(Name, utf8), closest => <<"stop_application">>},
    whitebeam_arguments:fail(refused, <<"it is the top of an application">>, Details);
charge({other, Parent}, Pid) ->
    case whitebeam_start_supervisor:lease(Pid) of
        none -> {itself, Parent};
        _ -> {lease, Parent}
    end;
charge(none, _) ->
    {itself, undefined}.

stopped(supervisor, {supervisor, Parent, Child}, _, TimeoutMs) ->
    whitebeam_remove:terminate(Parent, Child, TimeoutMs);
stopped(lease, _, Pid, _) ->
    Monitor = monitor(process, Pid),
    _ = whitebeam_leases:release_id(whitebeam_start_supervisor:lease(Pid)),
    receive
        {'DOWN', Monitor, process, _, Reason} -> whitebeam_supervising:reason(Reason)
    after ?TIMEOUT_MS -> undefined
    end;
stopped(itself, _, Pid, TimeoutMs) ->
    Monitor = monitor(process, Pid),
    try
        sys:terminate(Pid, normal, TimeoutMs)
    catch
        exit:_ -> ok
    end,
    receive
        {'DOWN', Monitor, process, _, Reason} -> whitebeam_supervising:reason(Reason)
    after TimeoutMs ->
        demonitor(Monitor, [flush]),
        whitebeam_arguments:fail(
            timeout, <<"it has been asked to end and has not ended in time">>, #{timeout_ms => TimeoutMs}
        )
    end.
