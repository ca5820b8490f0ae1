%% What a supervisor does when a child ends, by the rules of OTP's supervisor.erl: a pure function of its flags,
%% its children in start order, and the reason.
-module(whitebeam_predict).

-export([death/4, abnormal/1]).

%% View as whitebeam_supervising:view/1 gives it, with the strategy to be looked at; Children as
%% whitebeam_layout:page/3. Answers what happens (restarts, stays_down, forgotten, supervisor_ends), why,
%% the ids of children that are ended, that start then, and that the supervisor forgets, in that order, and
%% what is left of the restarts.
-spec death(map(), [map()], map(), atom()) -> map().
death(#{intensity := Intensity, used := Used} = View, Children, Child, Reason) ->
    case is_restarted(maps:get(restart, Child), Reason) of
        true when Used + 1 > Intensity ->
            ends(Children, Child, <<"no restart is left within the period">>, 0);
        true ->
            restarts(maps:get(strategy, View), Children, Child, Intensity - Used - 1);
        false ->
            stays(View, Children, Child, max(0, Intensity - Used))
    end.

%% Whether a reason counts as an error, so that a transient child is restarted.
-spec abnormal(term()) -> boolean().
abnormal(normal) -> false;
abnormal(shutdown) -> false;
abnormal({shutdown, _}) -> false;
abnormal(_) -> true.

is_restarted(permanent, _) -> true;
is_restarted(transient, Reason) -> abnormal(Reason);
is_restarted(temporary, _) -> false.

%% All others are ended, the last one first.
ends(Children, Child, Why, Left) ->
    answer(supervisor_ends, Why, lists:reverse(others(running(Children), Child)), [], [], Left).

restarts(one_for_all, Children, Child, Left) ->
    several(Children, others(Children, Child), Child, Left, <<"one_for_all restarts all children">>);
restarts(rest_for_one, Children, Child, Left) ->
    [_ | After] = lists:dropwhile(fun(One) -> key(One) =/= key(Child) end, Children),
    several(Children, After, Child, Left, <<"rest_for_one restarts it and those that started after it">>);
restarts(_, _, Child, Left) ->
    answer(restarts, <<"it is restarted alone">>, [], [Child], [], Left).

%% Temporary children among those that are ended are forgotten. A child that does not run is started too.
several(Children, Others, Child, Left, Why) ->
    Ended = lists:reverse(running(Others)),
    Forgotten = [One || #{restart := temporary} = One <- Others],
    Keys = [key(One) || One <- [Child | Others -- Forgotten]],
    Started = [One || One <- Children, lists:member(key(One), Keys)],
    answer(restarts, Why, Ended, Started, Forgotten, Left).

%% It is not restarted; where it was significant, the supervisor may end for it.
stays(#{auto_shutdown := Auto}, Children, #{significant := Significant, restart := Restart} = Child, Left) ->
    Others = [One || #{significant := true} = One <- running(others(Children, Child))],
    case {Auto, Significant, Others} of
        {any_significant, true, _} ->
            ends(Children, Child, <<"it is significant: any_significant ends the supervisor">>, Left);
        {all_significant, true, []} -> ends(Children, Child, <<"it is the last significant child">>, Left);
        _ when Restart =:= temporary -> answer(forgotten, <<"it is temporary">>, [], [], [Child], Left);
        _ -> answer(stays_down, <<"it is transient and has ended without an error">>, [], [], [], Left)
    end.

others(Children, Child) ->
    [One || One <- Children, key(One) =/= key(Child)].

key(#{key := Key}) -> Key.

running(Children) ->
    [One || #{pid := Pid} = One <- Children, is_pid(Pid)].

answer(What, Why, Ended, Started, Forgotten, Left) ->
    Ids = fun(List) -> [shown(One) || One <- lists:sublist(List, 200)] end,
    #{
        happens => What, why => Why, ended => Ids(Ended), started => Ids(Started),
        forgotten => Ids(Forgotten), ended_count => length(Ended), restarts_left => Left
    }.

shown(#{dynamic := true, key := Pid}) -> Pid;
shown(#{id := Id}) -> whitebeam_supervising:shown_id(Id).
