%% Ending a process with everything that hangs on it: its descendants if it is a supervisor, and what
%% is linked to any of them. First the list of all of them is made and checked; children are ended
%% by their supervisors, so that none is restarted, what is only linked is ended from the leaves inwards.
-module(whitebeam_tree).

-export([handler/1]).

-define(LIMIT, 1000).
-define(LINKS, 10000).
-define(TIMEOUT_MS, 5000).
-define(GRACE_MS, 500).

%% A process of the list. `by`: root, child (its supervisor, which is in the list, ends it), supervisor
%% (through one outside), or signal.
-record(victim, {
    pid :: pid(),
    depth :: non_neg_integer(),
    by :: root | child | supervisor | signal,
    place :: none | map()
}).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(terminate_process_tree) -> fun terminate_process_tree/1;
handler(_) -> undefined.

terminate_process_tree(Arguments) ->
    Root = whitebeam_lifecycle:victim(Arguments),
    Place = whitebeam_fate:place(Root),
    Limit = maps:get(limit, Arguments, ?LIMIT),
    {Victims, LeftOut} = collect(Root, Place, Limit),
    Answer = #{pid => Root, total => length(Victims), left_out => LeftOut},
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{processes => [shown(Victim) || Victim <- Victims], dry_run => true}};
        _ ->
            Deadline = now_ms() + maps:get(timeout_ms, Arguments, ?TIMEOUT_MS),
            Watched = [{Victim, shown(Victim), monitor(process, Victim#victim.pid)} || Victim <- Victims],
            Ended = [ended(One, Deadline) || One <- Watched],
            {ok, Answer#{
                processes => Ended,
                ended => length([1 || #{ended := true} <- Ended]),
                alive => [Pid || #{pid := Pid, ended := false} <- Ended]
            }}
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).

%% ---- the list ---------------------------------------------------------------------------------

%% Goes along links, never through a process that is left out. In the order in which they will be ended:
%% the root with its children first, then what is only linked, the farthest first.
collect(Root, Place, Limit) ->
    Above = above(Place, Root),
    First = #victim{pid = Root, depth = 0, by = root, place = Place},
    {Found, LeftOut} = walk([First], Above, Limit, #{Root => First}, #{}),
    {order(maps:values(Found)), [maps:put(pid, Pid, Why) || {Pid, Why} <- lists:sort(maps:to_list(LeftOut))]}.

%% The supervisor is not gone into; neither is a process that only started the root.
above(none, _) -> [];
above(#{supervisor := Supervisor}, _) -> [Supervisor].

order(Victims) ->
    {Signalled, Others} = lists:partition(fun(#victim{by = By}) -> By =:= signal end, Victims),
    lists:keysort(#victim.depth, Others) ++ lists:reverse(lists:keysort(#victim.depth, Signalled)).

walk([], _, _, Found, LeftOut) ->
    {Found, LeftOut};
walk([#victim{pid = Pid} = From | Next], Above, Limit, Found, LeftOut) ->
    Linked = [P || P <- links(Pid), not lists:member(P, Above), not is_map_key(P, Found), not is_map_key(P, LeftOut)],
    Judged = [{P, judge(P, From)} || P <- Linked],
    New = [Victim || {_, #victim{} = Victim} <- Judged],
    NowFound = maps:merge(Found, maps:from_list([{V#victim.pid, V} || V <- New])),
    map_size(NowFound) =< Limit orelse
        whitebeam_arguments:fail(
            too_large,
            <<"more processes hang on it than may be ended at once">>,
            #{limit => Limit, field => <<"limit">>}
        ),
    Out = maps:from_list([{P, Why} || {P, Why} <- Judged, is_map(Why)]),
    walk(Next ++ New, Above, Limit, NowFound, maps:merge(LeftOut, Out)).

links(Pid) ->
    case erlang:process_info(Pid, links) of
        {links, Links} when length(Links) > ?LINKS ->
            Details = #{pid => whitebeam_arguments:pid_text(Pid), links => length(Links), limit => ?LINKS},
            whitebeam_arguments:fail(too_large, <<"one of the processes has too many links">>, Details);
        {links, Links} ->
            [Link || Link <- Links, is_pid(Link), node(Link) =:= node()];
        undefined ->
            []
    end.

%% Whether a linked process goes with it. Processes of the runtime system never do, nor supervisors
%% that stand elsewhere, since a whole tree would go with them.
judge(Pid, #victim{pid = From, depth = Depth}) ->
    Place = whitebeam_fate:place(Pid),
    case {Place, whitebeam_process:protection(Pid)} of
        {_, Why} when is_binary(Why) ->
            #{why => Why};
        {#{supervisor := From}, _} ->
            #victim{pid = Pid, depth = Depth + 1, by = child, place = Place};
        _ ->
            linked(Pid, Depth + 1, Place, whitebeam_kind:is_supervisor(Pid))
    end.

linked(_, _, _, true) ->
    #{why => <<"it is a supervisor that does not stand below this process">>};
linked(Pid, Depth, none, false) ->
    #victim{pid = Pid, depth = Depth, by = signal, place = none};
linked(Pid, Depth, Place, false) ->
    #victim{pid = Pid, depth = Depth, by = supervisor, place = Place}.

shown(#victim{pid = Pid, by = By, place = Place}) ->
    Name =
        case erlang:process_info(Pid, registered_name) of
            {registered_name, Atom} -> Atom;
            _ -> undefined
        end,
    maps:merge(whitebeam_fate:shown(Place), #{pid => Pid, name => Name, by => By}).

%% ---- ending -----------------------------------------------------------------------------------

ended({#victim{pid = Pid} = Victim, Base, Monitor}, Deadline) ->
    Reason = wait(Pid, Monitor, ask(Victim, Deadline)),
    demonitor(Monitor, [flush]),
    case Reason of
        {ended, Why} -> Base#{ended => true, reason => {'$inspect', whitebeam_trim:trim(Why)}};
        alive -> Base#{ended => false}
    end.

%% Has it end; answers how long to wait before it is killed, or `never` when its supervisor was to end
%% it and did not: that one would restart it.
ask(#victim{by = child}, Deadline) ->
    left(Deadline);
ask(#victim{pid = Pid, place = #{supervisor := _} = Place}, Deadline) ->
    case is_process_alive(Pid) andalso whitebeam_fate:terminate_child(Pid, Place, left(Deadline)) of
        false -> left(Deadline);
        ok -> left(Deadline);
        {error, _} -> never
    end;
ask(#victim{pid = Pid, by = root}, Deadline) ->
    ok = whitebeam_lifecycle:ask_to_end(Pid),
    left(Deadline);
ask(#victim{pid = Pid}, Deadline) ->
    is_process_alive(Pid) andalso whitebeam_lifecycle:ask_to_end(Pid),
    min(?GRACE_MS, left(Deadline)).

left(Deadline) ->
    max(1, Deadline - now_ms()).

wait(Pid, Monitor, never) ->
    receive
        {'DOWN', Monitor, process, Pid, Reason} -> {ended, Reason}
    after 0 -> alive
    end;
wait(Pid, Monitor, Patience) ->
    receive
        {'DOWN', Monitor, process, Pid, Reason} -> {ended, Reason}
    after Patience ->
        try
            {ended, whitebeam_lifecycle:force_end(Pid)}
        catch
            throw:_ -> alive
        end
    end.
