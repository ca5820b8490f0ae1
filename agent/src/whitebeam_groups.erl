%% Process groups of OTP's pg. A scope is a server process of its own name with a table of that name;
%% a group is there as long as it has members.
-module(whitebeam_groups).

-export([handler/1, scopes/0]).

-define(MEMBERS, 10000).
-define(QUEUE, 10000).
-define(ASK_MS, 1000).
-define(SHOWN, 100).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(create_process_group) -> fun create_process_group/1;
handler(join_process_group) -> fun join_process_group/1;
handler(leave_process_group) -> fun leave_process_group/1;
handler(list_process_groups) -> fun list_process_groups/1;
handler(broadcast_to_group) -> fun broadcast_to_group/1;
handler(_) -> undefined.

%% ---- scopes -----------------------------------------------------------------------------------

%% The scope that is meant, if it runs. With `start` it may be started: `pg:start/1` is linked to nobody.
scope(Arguments) ->
    Scope =
        case Arguments of
            #{scope := Name} -> whitebeam_arguments:atom(Name);
            _ -> pg
        end,
    case {is_scope(Scope), Arguments} of
        {true, _} -> Scope;
        {false, #{start := true, dry_run := true}} -> {starts, Scope};
        {false, #{start := true}} -> started(Scope);
        {false, _} -> not_running(Scope)
    end.

-spec not_running(atom()) -> no_return().
not_running(Scope) ->
    Text = [
        <<"the scope ">>, atom_to_binary(Scope),
        <<" of pg does not run here: an application must start it, or this operation with `start`">>
    ],
    whitebeam_arguments:fail(refused, Text, #{
        field => <<"scope">>, running => [atom_to_binary(One) || One <- scopes()]
    }).

started(Scope) ->
    whereis(Scope) =:= undefined orelse
        whitebeam_arguments:fail(conflict, <<"another process has the name of the scope">>, #{field => <<"scope">>}),
    case pg:start(Scope) of
        {ok, _} -> Scope;
        {error, {already_started, _}} -> Scope;
        {error, Reason} -> whitebeam_arguments:fail(crashed, io_lib:format("pg did not start: ~0tP", [Reason, 12]))
    end.

is_scope(Name) ->
    case whereis(Name) of
        Pid when is_pid(Pid) -> ets:info(Name, owner) =:= Pid andalso is_pg(whitebeam_process:initial_call(Pid), Pid);
        _ -> false
    end.

%% From OTP 29 on a scope is one of several uses of data_publisher, whose state names its module.
is_pg({pg, init, _}, _) ->
    true;
is_pg({data_publisher, init, _}, Pid) ->
    try whitebeam_sys:inside(Pid, fun(State) -> {answer, is_of_pg(State)} end, ?ASK_MS)
    catch
        throw:{error, _} -> false
    end;
is_pg(_, _) ->
    false.

is_of_pg(State) when is_tuple(State), tuple_size(State) > 3 -> element(3, State) =:= pg;
is_of_pg(_) -> false.

%% The scopes that run. Cost: a look-up for each registered name, a signal for each that has a table.
-spec scopes() -> [atom()].
scopes() ->
    [Name || Name <- lists:sort(registered()), is_scope(Name)].

%% ---- joining and leaving ----------------------------------------------------------------------

%% A group comes into being with its first members.
create_process_group(#{group := Group, processes := [_ | _] = Processes} = Arguments) ->
    Name = whitebeam_arguments:term(Group),
    Scope = scope(Arguments),
    members(Scope, Name) =:= [] orelse
        whitebeam_arguments:fail(conflict, <<"the group has members already">>, #{
            field => <<"group">>, closest => <<"join_process_group">>
        }),
    joined(Scope, Name, Processes, Arguments);
create_process_group(_) ->
    Text = <<"a group of pg is there as long as it has members: it is created by its first `processes`">>,
    whitebeam_arguments:fail(refused, Text, #{field => <<"processes">>, closest => <<"join_process_group">>}).

join_process_group(#{group := Group, pid := Process} = Arguments) ->
    joined(scope(Arguments), whitebeam_arguments:term(Group), [Process], Arguments).

joined(Scope, Group, Processes, Arguments) ->
    Pids = [whitebeam_arguments:unprotected(Process, Arguments) || Process <- Processes],
    Before = count(Pids, members(Scope, Group)),
    case Arguments of
        #{dry_run := true} ->
            {ok, (group(Scope, Group))#{joined => Pids, times => Before + length(Pids), dry_run => true}};
        _ ->
            ok = pg:join(Scope, Group, Pids),
            {ok, (group(Scope, Group))#{joined => Pids, times => count(Pids, members(Scope, Group))}}
    end.

%% A process may be in a group several times, and leaves as often.
leave_process_group(#{group := GroupArgument, pid := Process} = Arguments) ->
    Group = whitebeam_arguments:term(GroupArgument),
    Scope = scope(maps:remove(start, Arguments)),
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Before = count([Pid], members(Scope, Group)),
    Before > 0 orelse
        whitebeam_arguments:fail(not_found, <<"the process is not in the group">>, #{field => <<"group">>}),
    case Arguments of
        #{dry_run := true} ->
            {ok, (group(Scope, Group))#{left => Pid, times => Before - 1, dry_run => true}};
        _ ->
            _ = pg:leave(Scope, Group, [Pid]),
            {ok, (group(Scope, Group))#{left => Pid, times => count([Pid], members(Scope, Group))}}
    end.

count(Pids, Members) ->
    length([1 || Member <- Members, lists:member(Member, Pids)]).

members({starts, _}, _) -> [];
members(Scope, Group) -> pg:get_members(Scope, Group).

group({starts, Scope}, Group) ->
    #{scope => Scope, starts_scope => true, group => {'$term', Group}, members => 0, local => 0};
group(Scope, Group) ->
    #{
        scope => Scope,
        group => {'$term', Group},
        members => length(pg:get_members(Scope, Group)),
        local => length(pg:get_local_members(Scope, Group))
    }.

%% ---- listing ----------------------------------------------------------------------------------

%% The groups of all scopes, or of one: a page of them, or with `group` its members.
list_process_groups(#{group := GroupArgument} = Arguments) ->
    Group = whitebeam_arguments:term(GroupArgument),
    Scope = scope(maps:remove(start, Arguments)),
    Page = whitebeam_bounds:page(processes, pg:get_members(Scope, Group), Arguments),
    Members = [whitebeam_bounds:brief(Pid) || Pid <- maps:get(processes, Page)],
    {ok, maps:merge(group(Scope, Group), Page#{processes := Members})};
list_process_groups(Arguments) ->
    Scopes =
        case Arguments of
            #{scope := _} -> [scope(maps:remove(start, Arguments))];
            _ -> scopes()
        end,
    All = [{Scope, Group} || Scope <- Scopes, Group <- lists:sort(pg:which_groups(Scope))],
    Page = whitebeam_bounds:page(groups, All, Arguments),
    Groups = [group(Scope, Group) || {Scope, Group} <- maps:get(groups, Page)],
    {ok, Page#{groups := Groups, scopes => Scopes}}.

%% ---- sending ----------------------------------------------------------------------------------

%% Sends a message to each member, on other nodes too unless `local`. Members on this node that provably
%% cannot understand it are left out, but with `force_send`, and so are processes of the runtime
%% system and full queues; on others, those whose connection is full or gone: nothing here waits.
broadcast_to_group(#{group := GroupArgument, message := Term} = Arguments) ->
    Group = whitebeam_arguments:term(GroupArgument),
    Message = whitebeam_arguments:term(Term),
    Scope = scope(maps:remove(start, Arguments)),
    Pids = lists:usort(receivers(Scope, Group, Arguments)),
    Pids =/= [] orelse whitebeam_arguments:fail(not_found, <<"the group has no members">>, #{field => <<"group">>}),
    length(Pids) =< ?MEMBERS orelse too_many(length(Pids)),
    Results = [{Pid, delivered(Pid, Message, Arguments)} || Pid <- Pids],
    Sent = [Pid || {Pid, sent} <- Results],
    Refused = [#{pid => Pid, code => Code, why => Why} || {Pid, {Code, Why}} <- Results],
    {ok, maps:merge(group(Scope, Group), #{
        sent => lists:sublist(Sent, ?SHOWN),
        sent_count => length(Sent),
        refused => lists:sublist(Refused, ?SHOWN),
        refused_count => length(Refused),
        total => length(Pids),
        dry_run => maps:get(dry_run, Arguments, false)
    })}.

-spec too_many(pos_integer()) -> no_return().
too_many(Size) ->
    whitebeam_arguments:fail(too_large, <<"the group has too many members">>, #{size => Size, limit => ?MEMBERS}).

receivers(Scope, Group, #{local := true}) -> pg:get_local_members(Scope, Group);
receivers(Scope, Group, _) -> pg:get_members(Scope, Group).

delivered(Pid, Message, Arguments) ->
    try
        ok = takes(Pid, Message, Arguments),
        case Arguments of
            #{dry_run := true} -> sent;
            _ -> sent(erlang:send(Pid, Message, [nosuspend, noconnect]))
        end
    catch
        throw:{error, {Code, Why, _}} -> {Code, Why}
    end.

sent(ok) -> sent;
sent(nosuspend) -> {busy, <<"the connection to its node is full">>};
sent(noconnect) -> {gone, <<"its node is not connected">>}.

takes(Pid, _, _) when node(Pid) =/= node() ->
    ok;
takes(Pid, Message, Arguments) ->
    _ = whitebeam_arguments:unprotected_pid(Pid, Arguments),
    case erlang:process_info(Pid, message_queue_len) of
        {_, Queue} when Queue > ?QUEUE -> whitebeam_arguments:fail(queue, <<"too many messages wait there">>);
        _ -> ok
    end,
    case Arguments of
        #{force_send := true} -> ok;
        _ -> understood(whitebeam_messages:refusal(send, whitebeam_kind:of_process(Pid), Pid, Message))
    end.

understood(none) -> ok;
understood({Text, Details}) -> whitebeam_arguments:fail(refused, Text, Details).
