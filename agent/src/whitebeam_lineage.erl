%% What is above and below a supervisor: its parent and place there, the application it is the top of,
%% the processes that end with it, and how far up its own end would reach.
-module(whitebeam_lineage).

-export([parent/1, below/2, family/1, climb/2, restart_type/1]).

%% Processes that are listed by name in an answer; all are counted.
-define(LISTED, 200).
-define(STEPS, 20).

%% {supervisor, Parent, Child of it}, {application, Name} for the top of a running application,
%% {other, Pid} for a process that is no supervisor, or none. Cost: one message to the parent.
-spec parent(pid()) -> {supervisor, pid(), map()} | {application, atom()} | {other, pid()} | none.
parent(Pid) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =:= node() -> parent(Pid, Parent);
        _ -> none
    end.

parent(Pid, Parent) ->
    case whitebeam_supervisor:kind(Parent) of
        {sys, _} ->
            case whitebeam_supervising:lookup(Parent, [{pid, Pid}]) of
                {ok, Child} -> {supervisor, Parent, Child};
                none -> {other, Parent}
            end;
        busy ->
            whitebeam_arguments:fail(busy, <<"its parent has too many messages waiting">>);
        gone ->
            none;
        _ ->
            top(Pid, Parent)
    end.

%% The top supervisor's parent is the process in which the application was started.
top(Pid, Parent) ->
    case {erlang:process_info(Parent, initial_call), application:get_application(Pid)} of
        {{_, {application_master, start_it, _}}, {ok, Name}} -> {application, Name};
        _ -> {other, Parent}
    end.

%% The processes below a supervisor, at most Most: {[Child with its `supervisor`], how many more there are,
%% how many supervisors could not be read}. Cost: one message to each supervisor.
-spec below(pid(), non_neg_integer()) -> {[map()], non_neg_integer(), non_neg_integer()}.
below(Pid, Most) ->
    below([Pid], Most, [], 0, 0).

below([], _, Found, More, Unread) ->
    {lists:reverse(Found), More, Unread};
below([Pid | Pids], Most, Found, More, Unread) ->
    try rows(Pid, Most) of
        {Total, Rows} ->
            Children = [Row#{supervisor => Pid} || Row <- Rows],
            Next = [Child || #{type := supervisor, pid := Child} <- Rows, is_pid(Child), is_read(Child)],
            Rest = Total - length(Rows),
            below(Next ++ Pids, Most - length(Rows), lists:reverse(Children, Found), More + Rest, Unread)
    catch
        throw:{error, _} -> below(Pids, Most, Found, More, Unread + 1)
    end.

rows(Pid, Most) ->
    whitebeam_supervising:read(Pid, fun(State) ->
        Rows = whitebeam_layout:page(State, 0, Most),
        {whitebeam_layout:total(State), [maps:with([id, pid, type, restart], Row) || Row <- Rows]}
    end).

is_read(Pid) ->
    case whitebeam_supervisor:kind(Pid) of
        {sys, _} -> true;
        _ -> false
    end.

%% The same as part of an answer: what ends when this process ends by the hand of its supervisor.
-spec family(pid() | undefined) -> map().
family(Pid) when is_pid(Pid) ->
    {Rows, More, Unread} =
        case is_read(Pid) of
            true -> below(Pid, ?LISTED);
            false -> {[], 0, 0}
        end,
    Running = [Row || #{pid := Child} = Row <- Rows, is_pid(Child)],
    #{
        processes => [#{pid => Pid, id => undefined, supervisor => undefined} | [member(Row) || Row <- Running]],
        total => 1 + length(Running) + More,
        left_out => More,
        unread_supervisors => Unread
    };
family(_) ->
    #{processes => [], total => 0, left_out => 0, unread_supervisors => 0}.

member(#{pid := Pid, id := Id, supervisor := Supervisor}) ->
    #{pid => Pid, id => whitebeam_supervising:shown_id(Id), supervisor => Supervisor}.

%% What happens above when this supervisor ends for this reason (`killed`, or `shutdown` when it gives
%% up), from its parent up: the supervisors that would restart their child or end in turn, and what
%% becomes of the application and the node.
-spec climb(pid(), killed | shutdown) -> map().
climb(Pid, Reason) ->
    climb(Pid, Reason, ?STEPS, []).

climb(Pid, Reason, Steps, Above) when Steps > 0 ->
    case parent(Pid) of
        {supervisor, Parent, Child} -> step(Parent, Child, Reason, Steps, Above);
        {application, Name} -> ends(Above, Name, restart_type(Name));
        {other, Other} -> climbed(Above, #{ends_at => Other});
        none -> climbed(Above, #{})
    end;
climb(_, _, 0, Above) ->
    climbed(Above, #{}).

step(Parent, #{restart := Restart}, Reason, Steps, Above) ->
    #{left := Left} = Budget = whitebeam_supervising:budget(whitebeam_supervising:view(Parent)),
    Action = action(Restart, Reason, Left),
    Step = #{pid => Parent, name => whitebeam_supervising:name(Parent), budget => Budget, action => Action},
    case Action of
        ends -> climb(Parent, shutdown, Steps - 1, [Step | Above]);
        _ -> climbed([Step | Above], #{})
    end.

%% A supervisor that gives up ends with `shutdown`, after which only permanent children are restarted.
action(temporary, _, _) -> removes;
action(transient, shutdown, _) -> removes;
action(_, _, 0) -> ends;
action(_, _, _) -> restarts.

%% The top ends with `shutdown`: an application started as transient or permanent then takes the node
%% with it; a temporary one only ends.
ends(Above, Name, Type) ->
    climbed(Above, #{application => Name, node_ends => Type =:= permanent orelse Type =:= transient}).

climbed(Above, More) ->
    maps:merge(#{above => lists:reverse(Above), application => undefined, node_ends => false}, More).

%% How a running application was started: permanent, transient or temporary; undefined if it was not.
-spec restart_type(atom()) -> atom().
restart_type(Name) ->
    try proplists:get_value(started, application:info(), []) of
        Started -> proplists:get_value(Name, Started)
    catch
        exit:_ -> whitebeam_arguments:fail(busy, <<"the application controller did not answer in time">>)
    end.
