%% What a process depends on and what depends on it: a graph of links, monitors and parents around one
%% process.
-module(whitebeam_dependencies).

-export([handler/1]).

-define(QUEUE, 1000).
-define(MOST, 500). % neighbours that are taken of one process

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_process_dependencies) -> fun get_process_dependencies/1;
handler(_) -> undefined.

%% The processes within `depth` steps, at most `limit`, and the edges among them:
%%   link        both end with the other, but one that traps exits
%%   monitor     `from` is told when `to` ends
%%   parent      `from` was started by `to`
%% A process with a long queue is shown but not asked; `cut` counts neighbours that were left out.
%% Cost: a signal to each process that is asked.
get_process_dependencies(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Depth = max(1, min(5, maps:get(depth, Arguments, 1))),
    Limit = whitebeam_bounds:limit(limit, Arguments, 200),
    Graph = walk([Pid], 0, Depth, Limit, #{nodes => #{Pid => 0}, edges => #{}, not_asked => 0, cut => 0}),
    #{nodes := Nodes, edges := Edges, not_asked := NotAsked, cut := Cut} = Graph,
    Inside = [Edge || {From, To, _} = Edge <- maps:keys(Edges), is_map_key(From, Nodes), is_map_key(To, Nodes)],
    {ok, #{
        pid => Pid,
        depth => Depth,
        nodes => [node_row(One) || One <- lists:keysort(2, maps:to_list(Nodes))],
        edges => [#{from => From, to => To, type => Type} || {From, To, Type} <- lists:sort(Inside)],
        not_asked => NotAsked,
        cut => Cut + maps:size(Edges) - length(Inside)
    }}.

node_row({Pid, Depth}) ->
    (whitebeam_bounds:brief(Pid))#{depth => Depth}.

walk([], _, _, _, Graph) ->
    Graph;
walk(_, Depth, Depth, _, Graph) ->
    Graph;
walk(Level, Depth, Most, Limit, Graph) ->
    Step = fun(Pid, {Found, Now}) -> around(Pid, Depth + 1, Limit, Found, Now) end,
    {Next, Seen} = lists:foldl(Step, {[], Graph}, Level),
    walk(lists:reverse(Next), Depth + 1, Most, Limit, Seen).

around(Pid, Depth, Limit, Found, Graph) ->
    case edges(Pid) of
        not_asked ->
            {Found, count(not_asked, 1, Graph)};
        All ->
            Edges = lists:sublist(All, ?MOST),
            Cut = count(cut, length(All) - length(Edges), Graph),
            lists:foldl(fun(Edge, Sum) -> add(Pid, Edge, Depth, Limit, Sum) end, {Found, Cut}, Edges)
    end.

count(Key, More, Graph) ->
    maps:update_with(Key, fun(Count) -> Count + More end, Graph).

add(Pid, {From, To, _} = Edge, Depth, Limit, {Found, #{nodes := Nodes, edges := Edges} = Graph}) ->
    Other = case From of Pid -> To; _ -> From end,
    With = Graph#{edges => Edges#{Edge => true}},
    if
        is_map_key(Other, Nodes); map_size(Nodes) >= Limit -> {Found, With};
        true -> {[Other | Found], With#{nodes => Nodes#{Other => Depth}}}
    end.

%% Processes of other nodes belong to the graph, but are not asked.
edges(Pid) when node(Pid) =/= node() ->
    not_asked;
edges(Pid) ->
    case erlang:process_info(Pid, message_queue_len) of
        {message_queue_len, Queue} when Queue =< ?QUEUE ->
            signalled(Pid, erlang:process_info(Pid, [parent, links, monitors, monitored_by]));
        _ ->
            not_asked
    end.

signalled(_, undefined) ->
    not_asked;
signalled(Pid, [{_, Parent}, {_, Links}, {_, Monitors}, {_, By}]) ->
    Own = self(),
    Watched = [One || {process, Target} <- lists:sort(Monitors), One <- whitebeam_relations:resolved(Target)],
    [{Pid, Parent, parent} || is_pid(Parent)] ++
        [{min(Pid, One), max(Pid, One), link} || One <- lists:sort(Links), is_pid(One)] ++
        [{Pid, One, monitor} || One <- Watched] ++
        [{One, Pid, monitor} || One <- lists:usort(By), is_pid(One), One =/= Own].
