%% What is held in the node for a while: a suspension, a process that was started for a user, a message
%% to be sent later. Each is held by a process of its own, and ends when its time is over, when it is
%% released, or when the agent leaves, however that happens.
-module(whitebeam_leases).

-export([start/0, stop/1, hold/5, about/1, release/2, release_id/1, list/0, handler/1]).

-define(MOST, 256).
-define(RELEASE_MS, 2000).

-record(lease, {
    id :: pos_integer(),
    kind :: atom(),
    key :: term(),
    about :: map(),
    until :: integer() % monotonic ms
}).

%% Starts the process that knows all leases of one daemon, linked to the caller, the guard.
-spec start() -> pid().
start() ->
    Guard = self(),
    spawn_opt(
        fun() ->
            process_flag(trap_exit, true),
            loop(Guard, #{}, 1)
        end,
        [link, {message_queue_data, off_heap}]
    ).

%% Ends all leases and waits for it.
-spec stop(pid()) -> ok.
stop(Leases) ->
    Monitor = monitor(process, Leases),
    Leases ! stop,
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    after 2 * ?RELEASE_MS -> ok
    end.

%% Makes a lease for Ms milliseconds. Take runs in its process and answers {ok, Answer, Release} or
%% {error, Error}; Release/0 runs in the same process at the end. About is shown by list/0. Throws what
%% Take answered as an error, `conflict` when there is a lease of this kind and key, and `refused` when
%% there are too many. Answers the lease's id and Take's Answer. Cost: a process.
-spec hold(atom(), term(), map(), pos_integer(), fun(() -> {ok, term(), fun(() -> term())} | {error, tuple()})) ->
    {pos_integer(), term()}.
hold(Kind, Key, About, Ms, Take) ->
    case call({hold, Kind, Key, About, Ms, Take}) of
        {ok, Id, Answer} -> {Id, Answer};
        {error, Error} -> throw({error, Error})
    end.

%% For a Take, which knows more of what it took than who asked: what list/0 shows from now on.
-spec about(map()) -> ok.
about(About) ->
    get(whitebeam_leases) ! {about, self(), About},
    ok.

%% Ends the lease of this kind and key, and waits for it. False if there is none.
-spec release(atom(), term()) -> boolean().
release(Kind, Key) ->
    call({release, fun(#lease{kind = K, key = Y}) -> K =:= Kind andalso Y =:= Key end}).

-spec release_id(pos_integer()) -> boolean().
release_id(Id) ->
    call({release, fun(#lease{id = I}) -> I =:= Id end}).

%% All leases: {Id, Kind, About, MillisecondsLeft}.
-spec list() -> [{pos_integer(), atom(), map(), integer()}].
list() ->
    call(list).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(list_leases) -> fun list_leases/1;
handler(release_lease) -> fun release_lease/1;
handler(_) -> undefined.

list_leases(_) ->
    {ok, #{leases => [lease(Lease) || Lease <- list()]}}.

lease({Id, Kind, About, Left}) ->
    #{id => Id, kind => Kind, about => About, ends_in_ms => max(0, Left)}.

release_lease(#{lease := Id}) ->
    release_id(Id) orelse whitebeam_arguments:fail(not_found, <<"there is no such lease">>, #{field => <<"lease">>}),
    {ok, #{lease => Id, released => true}}.

call(Question) ->
    Leases = get(whitebeam_leases),
    Tag = monitor(process, Leases),
    Leases ! {ask, self(), Tag, Question},
    receive
        {Tag, Answer} ->
            demonitor(Tag, [flush]),
            Answer;
        {'DOWN', Tag, process, _, _} ->
            whitebeam_arguments:fail(busy, <<"the agent is leaving">>)
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).

loop(Guard, Leases, Next) ->
    receive
        {ask, From, Tag, {hold, Kind, Key, About, Ms, Take}} ->
            loop(Guard, taken(From, Tag, #lease{id = Next, kind = Kind, key = Key, about = About, until = now_ms() + Ms}, Ms, Take, Leases), Next + 1);
        {ask, From, Tag, {release, Which}} ->
            Found = [Pid || {Pid, Lease} <- maps:to_list(Leases), Which(Lease)],
            end_all(Found),
            From ! {Tag, Found =/= []},
            loop(Guard, maps:without(Found, Leases), Next);
        {ask, From, Tag, list} ->
            From ! {Tag, listed(Leases)},
            loop(Guard, Leases, Next);
        {about, Pid, About} when is_map_key(Pid, Leases) ->
            #{Pid := Lease} = Leases,
            loop(Guard, Leases#{Pid := Lease#lease{about = About}}, Next);
        {'EXIT', Guard, _} ->
            end_all(maps:keys(Leases));
        {'EXIT', Pid, _} ->
            loop(Guard, maps:remove(Pid, Leases), Next);
        stop ->
            end_all(maps:keys(Leases));
        _ ->
            loop(Guard, Leases, Next)
    end.

listed(Leases) ->
    Now = now_ms(),
    lists:sort([
        {Id, Kind, About, Until - Now}
     || #lease{id = Id, kind = Kind, about = About, until = Until} <- maps:values(Leases)
    ]).

taken(From, Tag, #lease{kind = Kind, key = Key} = Lease, Ms, Take, Leases) ->
    Same = [L || #lease{kind = K, key = Y} = L <- maps:values(Leases), K =:= Kind, Y =:= Key],
    if
        map_size(Leases) >= ?MOST ->
            From ! {Tag, {error, {refused, <<"too many things are held in the node already">>, #{limit => ?MOST}}}},
            Leases;
        Same =/= [] ->
            From ! {Tag, {error, {conflict, <<"this is held already">>, #{lease => (hd(Same))#lease.id}}}},
            Leases;
        true ->
            Self = self(),
            Pid = spawn_link(fun() -> holder(Self, From, Tag, Lease#lease.id, Ms, Take) end),
            Leases#{Pid => Lease}
    end.

end_all(Pids) ->
    lists:foreach(fun(Pid) -> Pid ! {release, self()} end, Pids),
    [receive {'EXIT', Pid, _} -> ok after ?RELEASE_MS -> exit(Pid, kill) end || Pid <- Pids],
    ok.

%% ---- the holder -------------------------------------------------------------------------------

holder(Leases, From, Tag, Id, Ms, Take) ->
    process_flag(trap_exit, true),
    put(whitebeam_leases, Leases),
    try Take() of
        {ok, Answer, Release} ->
            _ = erlang:send_after(Ms, self(), {release, Leases}),
            From ! {Tag, {ok, Id, Answer}},
            holds(Leases, Release);
        {error, Error} ->
            From ! {Tag, {error, Error}}
    catch
        throw:{error, Error} ->
            From ! {Tag, {error, Error}};
        Class:Reason ->
            Text = unicode:characters_to_binary(io_lib:format("~0tP", [{Class, Reason}, 12])),
            From ! {Tag, {error, {crashed, Text, #{}}}}
    end.

%% Whatever it holds may end before: a Take that monitors it gives it back then.
holds(Leases, Release) ->
    receive
        {release, Leases} -> Release();
        {'EXIT', Leases, _} -> Release();
        {'DOWN', _, process, _, _} -> Release();
        _ -> holds(Leases, Release)
    end.
