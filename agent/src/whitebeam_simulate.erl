%% Failures on purpose below one supervisor: a child, all children one after the other, the supervisor itself, or
%% one child so often that the supervisor gives up. What the restarts that are left allow is found out first, and
%% every kill is told with what came of it.
-module(whitebeam_simulate).

-export([handler/1]).

-define(MOST, 100).
-define(RUN_MS, 25000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(simulate_supervisor_failure) -> fun simulate/1;
handler(_) -> undefined.

%% scenario: child_crash, cascade_failure, supervisor_crash, restart_intensity. target: random, or a child's id
%% (child_id means the same). count and interval_ms: how often and how far apart; timeout_ms: after which time no
%% further kill is made.
simulate(Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    Plan = plan(Pid, Arguments),
    ok = survivable(Plan, Arguments),
    Answer = maps:with([supervisor, scenario, preflight], Plan),
    case Arguments of
        #{dry_run := true} -> {ok, Answer#{dry_run => true, kills => maps:get(expected, Plan)}};
        _ -> {ok, maps:merge(Answer, run(Plan))}
    end.

%% ---- before -----------------------------------------------------------------------------------

plan(Pid, Arguments) ->
    Scenario = maps:get(scenario, Arguments, child_crash),
    Reason = whitebeam_kill:reason(Arguments),
    Reason =/= normal orelse
        whitebeam_arguments:fail(
            invalid, <<"an exit signal with the reason normal ends nobody">>, #{field => <<"reason">>}
        ),
    View = whitebeam_supervising:view(Pid),
    Plan = #{
        supervisor => Pid,
        scenario => Scenario,
        reason => Reason,
        view => View,
        interval => limited(interval_ms, Arguments, 0, 0, ?RUN_MS),
        longest => limited(timeout_ms, Arguments, ?RUN_MS, 1, ?RUN_MS),
        targets => targets(Scenario, Pid, Reason, Arguments),
        place => whitebeam_kill:place(Pid)
    },
    Counted = Plan#{count => count(Scenario, View, Plan, Arguments)},
    Counted#{preflight => preflight(Counted), expected => expected(Counted)}.

limited(Key, Arguments, Fallback, Least, Most) ->
    case maps:get(Key, Arguments, Fallback) of
        Value when is_integer(Value), Value >= Least, Value =< Most -> Value;
        _ ->
            Text = io_lib:format("it is from ~b to ~b", [Least, Most]),
            whitebeam_arguments:fail(invalid, Text, #{field => atom_to_binary(Key, utf8)})
    end.

%% Children that can be hit, in start order; dynamic ones in no order.
targets(supervisor_crash, _, _, _) ->
    [];
targets(Scenario, Pid, Reason, Arguments) ->
    Chosen =
        case target(Arguments) of
            random -> running(Pid);
            Id -> [whitebeam_supervising:child(Pid, Arguments#{child_id => Id})]
        end,
    Useful = [Child || Child <- Chosen, Scenario =/= restart_intensity orelse restarted(Child, Reason)],
    Useful =/= [] orelse nobody(Scenario),
    Useful.

target(#{child_id := Id}) -> Id;
target(#{target := <<"random">>}) -> random;
target(#{target := random}) -> random;
target(#{target := Id}) -> Id;
target(_) -> random.

running(Pid) ->
    Keys = [id, key, dynamic, pid, restart, significant, type],
    Rows = whitebeam_supervising:read(Pid, fun(State) ->
        [maps:with(Keys, Child) || Child <- whitebeam_layout:page(State, 0, 1000)]
    end),
    [Child || #{pid := Process} = Child <- Rows, is_pid(Process)].

restarted(#{restart := permanent}, _) -> true;
restarted(#{restart := transient}, Reason) -> whitebeam_predict:abnormal(Reason);
restarted(_, _) -> false.

-spec nobody(atom()) -> no_return().
nobody(restart_intensity) ->
    Text = <<"none of its running children would be restarted, so that no restart is ever spent">>,
    whitebeam_arguments:fail(refused, Text, #{closest => <<"test_restart_strategy">>});
nobody(_) ->
    whitebeam_arguments:fail(refused, <<"it has no running child">>, #{closest => <<"which_children">>}).

%% How many kills at most.
count(child_crash, _, _, Arguments) -> limited(count, Arguments, 1, 1, ?MOST);
count(supervisor_crash, _, _, Arguments) -> limited(count, Arguments, 1, 1, ?MOST);
count(cascade_failure, _, #{targets := Targets}, _) -> min(?MOST, length(Targets));
count(restart_intensity, #{intensity := Intensity}, _, _) when Intensity < ?MOST -> ?MOST;
count(restart_intensity, #{intensity := Intensity}, _, _) ->
    Details = #{max_restarts => Intensity, limit => ?MOST},
    whitebeam_arguments:fail(refused, <<"it allows more restarts than are made here">>, Details);
count(_, _, _, _) ->
    Text = <<"it is child_crash, cascade_failure, supervisor_crash or restart_intensity">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"scenario">>}).

%% What the restarts allow, and what happens above when they do not suffice.
preflight(#{supervisor := Pid, scenario := Scenario, view := View} = Plan) ->
    Death =
        case Scenario of
            supervisor_crash -> killed;
            _ -> shutdown
        end,
    #{
        budget => whitebeam_supervising:budget(View),
        ends_supervisor => ends_supervisor(Plan),
        if_supervisor_ends => whitebeam_lineage:climb(Pid, Death)
    }.

%% Kills so far apart that restarts are forgotten meanwhile do not add up.
ends_supervisor(#{scenario := Scenario}) when Scenario =:= supervisor_crash; Scenario =:= restart_intensity ->
    true;
ends_supervisor(#{view := View, count := Count, interval := Interval, targets := Targets, reason := Reason}) ->
    #{used := Used, intensity := Intensity, period := Period} = View,
    Together =
        case Interval of
            0 -> Count;
            _ -> min(Count, Period * 1000 div Interval + 1)
        end,
    lists:any(fun(Child) -> restarted(Child, Reason) end, Targets) andalso Used + Together > Intensity.

expected(#{scenario := supervisor_crash, supervisor := Pid}) ->
    [#{id => undefined, pid => Pid, ends => whitebeam_lineage:family(Pid)}];
expected(#{scenario := Scenario, view := View, targets := Targets, reason := Reason, supervisor := Pid}) ->
    Children = running(Pid),
    Crash = case whitebeam_predict:abnormal(Reason) of true -> crash; false -> shutdown end,
    Shown =
        case Scenario of
            cascade_failure -> Targets;
            _ -> lists:sublist(Targets, 20)
        end,
    [
        #{
            id => whitebeam_supervising:shown_id(Id), pid => Process,
            predicted => whitebeam_predict:death(View, Children, Child, Crash)
        }
     || #{id := Id, pid := Process} = Child <- lists:sublist(Shown, ?MOST), is_pid(Process)
    ].

%% A node that would go down with its application is spared without `force`.
survivable(#{preflight := #{ends_supervisor := true, if_supervisor_ends := Climb}}, Arguments) when
    map_get(node_ends, Climb)
->
    maps:get(force, Arguments, false) orelse maps:get(dry_run, Arguments, false) orelse
        whitebeam_arguments:fail(
            refused, <<"this could end the supervisor, the application with it, and so the node; with force it is done">>,
            #{
                application => atom_to_binary(maps:get(application, Climb), utf8),
                closest => <<"test_restart_strategy">>, field => <<"force">>
            }
        ),
    ok;
survivable(_, _) ->
    ok.

%% ---- the run ----------------------------------------------------------------------------------

run(#{supervisor := Pid, count := Count, longest := Longest} = Plan) ->
    Monitor = monitor(process, Pid),
    Until = erlang:monotonic_time(millisecond) + Longest,
    {Kills, Stopped} = kills(Plan#{until => Until}, Count, []),
    Result = #{kills => Kills, count => length(Kills), stopped => Stopped},
    Fate = maps:merge(Result, fate(Plan, Monitor, Kills)),
    demonitor(Monitor, [flush]),
    Fate.

kills(_, 0, Rows) ->
    {lists:reverse(Rows), done};
kills(#{interval := Interval, until := Until} = Plan, Left, Rows) ->
    Wait = case Rows of [] -> 0; _ -> Interval end,
    case erlang:monotonic_time(millisecond) + Wait < Until of
        false ->
            {lists:reverse(Rows), time};
        true ->
            receive after Wait -> ok end,
            case one(Plan) of
                {Row, Next} -> kills(Next, Left - 1, [Row#{n => length(Rows) + 1} | Rows]);
                {last, Row, Why} -> {lists:reverse([Row#{n => length(Rows) + 1} | Rows]), Why};
                Why -> {lists:reverse(Rows), Why}
            end
    end.

%% One kill: {Row, Plan for the next}, {last, Row, Why there is no next}, or why there is none.
one(#{scenario := supervisor_crash, supervisor := Pid, place := Place} = Plan) ->
    Row = whitebeam_kill:supervisor(Pid, Place),
    case Row of
        #{new_pid := undefined} -> {last, Row, no_successor};
        #{new_pid := New} -> {Row, Plan#{supervisor := New, place := whitebeam_kill:place(New)}}
    end;
one(#{scenario := cascade_failure, targets := [Target | Targets]} = Plan) ->
    hit(Target, Plan#{targets := Targets});
one(#{scenario := cascade_failure}) ->
    done;
one(#{targets := Targets} = Plan) ->
    hit(lists:nth(rand:uniform(length(Targets)), Targets), Plan).

%% The child as it is now: it may have another pid than before, or none.
hit(#{key := Key, dynamic := Dynamic} = Target, #{supervisor := Pid, reason := Reason} = Plan) ->
    Wanted = [{case Dynamic of true -> pid; false -> id end, Key}],
    try whitebeam_supervising:lookup(Pid, Wanted) of
        {ok, #{pid := Process} = Child} when is_pid(Process) ->
            Row = whitebeam_kill:child(Pid, Child, Reason),
            next(Row, Target, Plan);
        _ ->
            left(Target, Plan)
    catch
        throw:{error, {gone, _, _}} -> supervisor_ended
    end.

next(#{supervisor_alive := false} = Row, _, _) ->
    {last, Row, supervisor_ended};
next(#{new_pid := New} = Row, #{dynamic := true} = Target, #{targets := Targets} = Plan) when is_pid(New) ->
    {Row, Plan#{targets := exchanged(Target, Target#{key := New, pid := New}, Targets)}};
next(Row, _, Plan) ->
    {Row, Plan}.

exchanged(Old, New, Targets) ->
    [case Target of Old -> New; _ -> Target end || Target <- Targets].

%% A target that runs no more is left out from now on.
left(_, #{scenario := cascade_failure} = Plan) ->
    one(Plan);
left(Target, #{targets := Targets} = Plan) ->
    case Targets -- [Target] of
        [] -> no_target;
        Rest -> one(Plan#{targets := Rest})
    end.

%% What has become of the supervisor that it began with, and of those above.
fate(#{scenario := Scenario, place := Place, preflight := Preflight}, Monitor, Kills) ->
    Above = [
        #{pid => P, alive => is_process_alive(P)}
     || #{pid := P} <- maps:get(above, maps:get(if_supervisor_ends, Preflight))
    ],
    receive
        {'DOWN', Monitor, process, _, Reason} ->
            New = case Scenario of
                supervisor_crash -> maps:get(new_pid, lists:last(Kills));
                _ -> whitebeam_kill:replaced(Place)
            end,
            #{
                survived => false, exit_reason => whitebeam_supervising:reason(Reason), new_pid => New,
                above => Above
            }
    after 0 ->
        #{survived => true, exit_reason => undefined, new_pid => undefined, above => Above}
    end.
