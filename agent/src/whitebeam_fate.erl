%% What becomes of a process: its place below a supervisor, how it ended, and which process the
%% supervisor put there instead. Only looks; who ends a process does that itself.
%%
%% A place is #{supervisor, child, restart} as far as it is known; `child` is the id in the child's
%% specification, or undefined for children that are kept by their pid.
-module(whitebeam_fate).

-export([place/1, shown/1, ended/3, terminate_child/3]).

-define(ASK_MS, 1000).
-define(STEP_MS, 10).
%% Dynamic children are compared one by one up to this number.
-define(SIBLINGS, 1000).

-type place() :: none | #{supervisor := pid(), child := term(), restart := atom(), siblings := [pid()] | unknown}.

-export_type([place/0]).

%% Where a process stands: `none` unless its parent is proven to be a supervisor that has it as a child.
%% Cost: a function of some microseconds that runs inside the supervisor.
-spec place(pid()) -> place().
place(Pid) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =:= node() ->
            case inside(Parent, fun(State) -> {answer, child(State, Pid)} end) of
                {ok, {Id, Restart, Siblings}} ->
                    #{supervisor => Parent, child => Id, restart => Restart, siblings => Siblings};
                _ ->
                    none
            end;
        _ ->
            none
    end.

%% A place as answers show it.
-spec shown(place()) -> map().
shown(none) ->
    #{supervisor => undefined};
shown(#{supervisor := Supervisor, child := Id, restart := Restart}) ->
    #{supervisor => Supervisor, child => shown_id(Id), restart => Restart}.

shown_id({id, Id}) -> {'$inspect', whitebeam_inside:id(Id)};
shown_id(dynamic) -> undefined.

inside(Supervisor, Fun) ->
    try
        whitebeam_kind:is_supervisor(Supervisor) orelse throw(no),
        {ok, whitebeam_sys:inside(Supervisor, Fun, ?ASK_MS)}
    catch
        throw:_ -> unknown
    end.

%% ---- inside a supervisor ----------------------------------------------------------------------

%% Finds a child by its pid: {{id, Id} | dynamic, Restart, Siblings}, or false.
child(State, Pid) when is_tuple(State), element(1, State) =:= state, tuple_size(State) >= 11 ->
    case {element(3, State), element(4, State), element(5, State)} of
        {simple_one_for_one, {_, Map}, {_, Db}} when is_map(Map), is_map(Db) ->
            dynamic(Pid, Db, hd(maps:values(Map)));
        {_, {_, Map}, _} when is_map(Map) ->
            static([Child || Child <- maps:values(Map), element(2, Child) =:= Pid]);
        _ ->
            false
    end;
child(#{'__struct__' := 'Elixir.DynamicSupervisor', children := Map}, Pid) ->
    case Map of
        #{Pid := {_, Restart, _, _, _}} -> {dynamic, Restart, siblings(Map)};
        #{} -> false
    end;
child(_, _) ->
    false.

dynamic(Pid, Db, Child) when is_map_key(Pid, Db) ->
    {dynamic, restart(Child), siblings(Db)};
dynamic(_, _, _) ->
    false.

static([Child]) -> {{id, element(3, Child)}, restart(Child), []};
static(_) -> false.

siblings(Map) when map_size(Map) =< ?SIBLINGS -> [Pid || Pid <- maps:keys(Map), is_pid(Pid)];
siblings(_) -> unknown.

restart({child, _, _, _, {Restart, _Delay}, _, _, _}) -> Restart;
restart({child, _, _, _, Restart, _, _, _}) -> Restart;
restart({child, _, _, _, Restart, _, _, _, _}) -> Restart.

%% What stands now where Old stood: {pid, Pid}, restarting, none, or `same` while the supervisor has not
%% handled the end of Old; `unknown` where that cannot be told.
successor(State, Old, {id, Id}, _) when is_tuple(State), tuple_size(State) >= 11 ->
    case element(4, State) of
        {_, #{Id := Child}} -> instead(element(2, Child), Old);
        _ -> none
    end;
successor(_, _, _, unknown) ->
    unknown;
successor(State, Old, dynamic, Before) ->
    case now(State) of
        Now when is_map_key(Old, Now) -> same;
        Now when map_size(Now) > ?SIBLINGS -> unknown;
        Now -> newcomer([Pid || Pid <- maps:keys(Now), not lists:member(Pid, Before)])
    end.

now(#{children := Map}) -> Map;
now(State) ->
    case element(5, State) of
        {_, Db} when is_map(Db) -> Db;
        _ -> #{}
    end.

instead(Old, Old) -> same;
instead(Pid, _) when is_pid(Pid) -> {pid, Pid};
instead(undefined, _) -> none;
instead(_, _) -> restarting.

newcomer([]) -> none;
newcomer([Pid]) when is_pid(Pid) -> {pid, Pid};
newcomer([{restarting, _}]) -> restarting;
newcomer(_) -> unknown.

%% ---- afterwards -------------------------------------------------------------------------------

%% What to tell of a process that ended for Reason, waiting up to WaitMs for its supervisor to deal with it:
%% `restarted_as` is undefined when nothing took its place, or when that is not known (`restart_known`).
-spec ended({pid(), place()}, term(), non_neg_integer()) -> map().
ended({_, none}, Reason, _) ->
    #{ended => true, reason => {'$inspect', whitebeam_trim:trim(Reason)}};
ended({Pid, #{supervisor := Supervisor} = Place}, Reason, WaitMs) ->
    Until = erlang:monotonic_time(millisecond) + WaitMs,
    Base = maps:merge(shown(Place), #{ended => true, reason => {'$inspect', whitebeam_trim:trim(Reason)}}),
    case wait(Pid, Place, Until) of
        {pid, New} -> Base#{restarted_as => New, restart_known => true};
        none -> Base#{restarted_as => undefined, restart_known => true};
        gone -> Base#{restarted_as => undefined, restart_known => true, supervisor_ended => Supervisor};
        _ -> Base#{restarted_as => undefined, restart_known => false}
    end.

wait(Pid, #{supervisor := Supervisor, child := Id, siblings := Before} = Place, Until) ->
    Answer = inside(Supervisor, fun(State) -> {answer, successor(State, Pid, Id, Before)} end),
    Left = Until - erlang:monotonic_time(millisecond),
    case Answer of
        {ok, Word} when Left > 0, (Word =:= same orelse Word =:= restarting) ->
            receive after min(?STEP_MS, Left) -> wait(Pid, Place, Until) end;
        {ok, Word} ->
            Word;
        unknown ->
            case is_process_alive(Supervisor) of
                true -> unknown;
                false -> gone
            end
    end.

%% Has the supervisor end a child, in its own way, without a restart. A request that was not answered in
%% time stays in the supervisor's queue and may still be handled.
-spec terminate_child(pid(), place(), pos_integer()) -> ok | {error, timeout | gone | term()}.
terminate_child(Pid, #{supervisor := Supervisor, child := Child}, TimeoutMs) ->
    Which =
        case Child of
            {id, Id} -> Id;
            dynamic -> Pid
        end,
    try gen_server:call(Supervisor, {terminate_child, Which}, TimeoutMs) of
        ok -> ok;
        {error, Reason} -> {error, Reason}
    catch
        exit:{timeout, _} -> {error, timeout};
        exit:_ -> {error, gone}
    end.
