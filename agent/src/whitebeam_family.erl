%% Operations that show where processes come from: ancestors and descendants. Parents are read without a
%% signal to any process.
-module(whitebeam_family).

-export([handler/1, ancestors/1]).

-define(STEPS, 64).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(find_process_ancestors) -> fun find_process_ancestors/1;
handler(find_process_descendants) -> fun find_process_descendants/1;
handler(_) -> undefined.

%% What proc_lib noted as the process's ancestors, nearest first, and the chain of parents that the
%% runtime knows. They differ where a process was started on behalf of another, and the second ends
%% where a parent has gone. Cost: a signal.
find_process_ancestors(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    Parents = parents(Pid, ?STEPS),
    {ok, #{
        pid => Pid,
        ancestors => [ancestor(One) || One <- ancestors(Pid)],
        parents => [whitebeam_bounds:brief(Parent) || Parent <- Parents],
        complete => complete(Pid, Parents)
    }}.

ancestor(Pid) when is_pid(Pid) -> whitebeam_bounds:brief(Pid);
ancestor(Name) ->
    case whereis(Name) of
        Pid when is_pid(Pid) -> whitebeam_bounds:brief(Pid);
        _ -> #{pid => undefined, name => Name, alive => false}
    end.

%% '$ancestors' of the dictionary: pids and names.
-spec ancestors(pid()) -> [pid() | atom()].
ancestors(Pid) ->
    Found =
        try erlang:process_info(Pid, {dictionary, '$ancestors'}) of
            {_, Value} -> Value;
            undefined -> []
        catch
            error:badarg -> proplists:get_value('$ancestors', whitebeam_info:dictionary(Pid), [])
        end,
    case is_list(Found) of
        true -> [One || One <- lists:sublist(Found, ?STEPS), is_pid(One) orelse is_atom(One)];
        false -> []
    end.

parents(_, 0) ->
    [];
parents(Pid, Steps) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =:= node() -> [Parent | parents(Parent, Steps - 1)];
        {parent, Parent} when is_pid(Parent) -> [Parent];
        _ -> []
    end.

%% Whether the chain reaches the first process of the node, which has no parent.
complete(Pid, Parents) ->
    Last = lists:last([Pid | Parents]),
    node(Last) =:= node() andalso erlang:process_info(Last, parent) =:= {parent, undefined}.

%% ---- descendants ------------------------------------------------------------------------------

%% All processes that the process has started, and those that they have. What a process has started
%% that has ended since belongs to it no more. Cost: a look at each process of the node.
find_process_descendants(#{pid := Process} = Arguments) ->
    Top = whitebeam_arguments:alive(Process),
    Self = self(),
    Limit = whitebeam_bounds:limit(limit, Arguments, 1000),
    Pairs = whitebeam_bounds:breathe(fun parent/1, processes()),
    Children = maps:groups_from_list(fun({Parent, _}) -> Parent end, fun({_, Pid}) -> Pid end, Pairs),
    Found = below([Top], maps:map(fun(_, Pids) -> Pids -- [Self] end, Children), 1, []),
    Cut = whitebeam_bounds:cut(descendants, Found, Limit),
    {ok, Cut#{
        pid => Top,
        descendants := [descendant(One) || One <- maps:get(descendants, Cut)],
        depth => lists:max([0 | [Depth || {_, _, Depth} <- Found]])
    }}.

parent(Pid) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent) -> [{Parent, Pid}];
        _ -> []
    end.

%% Level by level: [{Pid, Parent, Depth}].
below([], _, _, Found) ->
    lists:reverse(Found);
below(Parents, Children, Depth, Found) ->
    Level = [{Pid, Parent, Depth} || Parent <- Parents, Pid <- maps:get(Parent, Children, [])],
    below([Pid || {Pid, _, _} <- Level], Children, Depth + 1, lists:reverse(Level, Found)).

descendant({Pid, Parent, Depth}) ->
    maps:merge(whitebeam_bounds:brief(Pid), #{parent => Parent, depth => Depth}).
