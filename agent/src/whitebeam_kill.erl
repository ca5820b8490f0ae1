%% Ending one process on purpose and watching what its supervisor makes of it: the reason that was seen, the
%% successor, how long that took, which siblings were restarted too.
-module(whitebeam_kill).

-export([child/3, supervisor/2, place/1, replaced/1, reason/1]).

-define(END_MS, 3000).
-define(SUCCESSOR_MS, 3000).
-define(POLL_MS, 5).
%% Children whose pids are compared before and after.
-define(COMPARED, 500).
-define(SHOWN, 100).

%% The reason that a user gives: an atom of the node, a term, or a text, which then is the reason itself.
-spec reason(map()) -> term().
reason(#{reason := Text}) when is_binary(Text) ->
    try binary_to_existing_atom(Text, utf8) catch error:badarg -> Text end;
reason(#{reason := {atom, _} = Given}) ->
    whitebeam_arguments:atom(Given);
reason(#{reason := {atom, _, _} = Given}) ->
    whitebeam_arguments:atom(Given);
reason(#{reason := Given}) ->
    whitebeam_arguments:term(Given);
reason(_) ->
    simulated_failure.

%% Ends a child of the supervisor, which may end for it: then `supervisor_alive` is false. Child as
%% whitebeam_supervising:lookup/2 has it.
-spec child(pid(), map(), term()) -> map().
child(Supervisor, #{pid := Pid, id := Id} = Child, Reason) ->
    Before = pids(Supervisor),
    Signal = signal(Pid, Reason),
    {Ended, Start} = ended(Pid, Signal),
    Row = #{
        id => whitebeam_supervising:shown_id(Id), pid => Pid, signal => whitebeam_supervising:reason(Signal),
        exit_reason => Ended, new_pid => undefined, recovered_ms => undefined,
        others_restarted => [], others_restarted_count => 0
    },
    try successor(Supervisor, Child, Before, Start + ?SUCCESSOR_MS) of
        none ->
            Row#{supervisor_alive => true};
        New ->
            Took = now_ms() - Start,
            Others =
                [Other || Other <- differences(Before, pids(Supervisor)), maps:get(old_pid, Other) =/= Pid],
            Row#{
                supervisor_alive => true, new_pid => New, recovered_ms => Took,
                others_restarted => lists:sublist(Others, ?SHOWN), others_restarted_count => length(Others)
            }
    catch
        throw:{error, {gone, _, _}} -> Row#{supervisor_alive => false}
    end.

%% A process that traps exits would find any other reason as a message.
signal(Pid, Reason) ->
    case erlang:process_info(Pid, trap_exit) of
        {trap_exit, true} -> kill;
        _ -> Reason
    end.

ended(Pid, Signal) ->
    Monitor = monitor(process, Pid),
    Start = now_ms(),
    exit(Pid, Signal),
    receive
        {'DOWN', Monitor, process, _, Reason} -> {whitebeam_supervising:reason(Reason), Start}
    after ?END_MS ->
        demonitor(Monitor, [flush]),
        whitebeam_arguments:fail(timeout, <<"the process did not end in time">>)
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).

%% [{Key, Pid}] of the first children.
pids(Supervisor) ->
    whitebeam_supervising:read(Supervisor, fun(State) ->
        [{Id, Key, Pid} || #{id := Id, key := Key, pid := Pid} <- whitebeam_layout:page(State, 0, ?COMPARED)]
    end).

differences(Before, After) ->
    [
        #{
            id => whitebeam_supervising:shown_id(Id), old_pid => Old,
            new_pid => whitebeam_supervising:alive_pid(New)
        }
     || {Id, Key, Old} <- Before, is_pid(Old), Key =/= Old, New <- [new(Key, After)], New =/= Old
    ].

new(Key, After) ->
    case lists:keyfind(Key, 2, After) of
        {_, _, New} -> New;
        false -> undefined
    end.

%% The process that has taken the child's place, or `none`: it was not to be restarted, or not in time. A
%% dynamic child has no place, so a child that was not there before is taken.
successor(Supervisor, #{key := Key, dynamic := Dynamic, pid := Old} = Child, Before, Until) ->
    Found =
        case Dynamic of
            false -> in_place(whitebeam_supervising:lookup(Supervisor, [{id, Key}]), Old);
            true -> added(whitebeam_supervising:lookup(Supervisor, [{pid, Old}]), Before, pids(Supervisor))
        end,
    case Found of
        wait ->
            case now_ms() < Until of
                true ->
                    receive after ?POLL_MS -> ok end,
                    successor(Supervisor, Child, Before, Until);
                false ->
                    none
            end;
        _ ->
            Found
    end.

in_place({ok, #{pid := Old}}, Old) -> wait;
in_place({ok, #{pid := restarting}}, _) -> wait;
in_place({ok, #{pid := New}}, _) when is_pid(New) -> New;
in_place(_, _) -> none.

added({ok, _}, _, _) ->
    wait;
added(none, Before, After) ->
    Known = maps:from_list([{Pid, true} || {_, _, Pid} <- Before]),
    case [Pid || {_, _, Pid} <- After, is_pid(Pid), not is_map_key(Pid, Known)] of
        [New | _] -> New;
        [] -> none
    end.

%% Kills the supervisor itself. Place is where it stands.
-spec supervisor(pid(), term()) -> map().
supervisor(Pid, Place) ->
    Children = [Child || {_, _, Child} <- pids(Pid), is_pid(Child)],
    {Ended, Start} = ended(Pid, kill),
    New = replaced(Place),
    Took = now_ms() - Start,
    Left = [Child || Child <- Children, not ends(Child, Start + ?END_MS)],
    #{
        id => undefined,
        pid => Pid,
        signal => whitebeam_supervising:reason(kill),
        exit_reason => Ended,
        new_pid => New,
        recovered_ms => case New of undefined -> undefined; _ -> Took end,
        children_ended => length(Children) - length(Left),
        children_left => lists:sublist(Left, ?SHOWN)
    }.

%% Where a process stands under its supervisor, for replaced/1 after its end.
-spec place(pid()) -> {pid(), map(), list()} | none.
place(Pid) ->
    case whitebeam_lineage:parent(Pid) of
        {supervisor, Parent, Child} -> {Parent, Child, pids(Parent)};
        _ -> none
    end.

%% The process that has taken the place, if the supervisor lives and starts one.
-spec replaced({pid(), map(), list()} | none) -> pid() | undefined.
replaced({Parent, Child, Before}) ->
    try successor(Parent, Child, Before, now_ms() + ?SUCCESSOR_MS) of
        New when is_pid(New) -> New;
        none -> undefined
    catch
        throw:{error, {gone, _, _}} -> undefined
    end;
replaced(none) ->
    undefined.

ends(Pid, Until) ->
    Monitor = monitor(process, Pid),
    receive
        {'DOWN', Monitor, process, _, _} -> true
    after max(0, Until - now_ms()) ->
        demonitor(Monitor, [flush]),
        false
    end.
