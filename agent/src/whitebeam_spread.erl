%% Messages to several processes at once: calls to a list, broadcasts to a list or a group, and messages
%% to all that fit a description. Nothing is sent if there are more receivers than the limit says.
-module(whitebeam_spread).

-export([handler/1]).

-define(LIMIT, 256).
-define(CALL_MS, 5000).
%% So many processes are looked at more closely when neither a name nor an application narrows the search.
-define(LOOKED_AT, 20000).
%% Of larger ones (in bytes) the dictionary is not copied to find out what they are.
-define(MEMORY, 1048576).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(multi_call_processes) -> fun multi_call_processes/1;
handler(broadcast_message) -> fun broadcast_message/1;
handler(selective_send) -> fun selective_send/1;
handler(_) -> undefined.

limit(Arguments) ->
    maps:get(limit, Arguments, ?LIMIT).

within(Count, Limit) when Count =< Limit ->
    ok;
within(Count, Limit) ->
    Details = #{total => Count, limit => Limit, field => <<"limit">>},
    Text = <<"there are more receivers than the limit allows; nothing was sent">>,
    whitebeam_arguments:fail(too_large, Text, Details).

%% ---- calls ------------------------------------------------------------------------------------

%% All requests are sent before the first reply is waited for; all replies have the same deadline.
multi_call_processes(#{processes := Processes} = Arguments) ->
    within(length(Processes), limit(Arguments)),
    Message = whitebeam_arguments:term(maps:get(message, Arguments)),
    Timeout = maps:get(timeout_ms, Arguments, ?CALL_MS),
    Asked = [asked(Process, Message, Arguments) || Process <- Processes],
    Until = erlang:monotonic_time(millisecond) + Timeout,
    Results = [replied(One, Until) || One <- Asked],
    Replied = length([1 || #{replied := true} <- Results]),
    Answer = #{results => Results, total => length(Results), replied => Replied},
    {ok, with_dry_run(Answer, Arguments)}.

with_dry_run(Answer, #{dry_run := true}) -> Answer#{dry_run => true};
with_dry_run(Answer, _) -> Answer.

%% What was thrown about one process is that one's result.
asked(Process, Message, Arguments) ->
    try
        Pid = whitebeam_arguments:unprotected(Process, Arguments),
        callable(Pid, whitebeam_kind:of_process(Pid)),
        case Arguments of
            #{dry_run := true} -> #{pid => Pid, replied => undefined};
            _ -> {Pid, gen_server:send_request(Pid, Message)}
        end
    catch
        throw:{error, {Code, Text, _}} -> #{pid => shown(Process), replied => false, code => Code, why => Text}
    end.

callable(_, {gen_event, _}) ->
    whitebeam_arguments:fail(refused, <<"a gen_event is called through one of its handlers">>, #{});
callable(Pid, Kind) ->
    case whitebeam_messages:callable(Kind) of
        none -> whitebeam_sys:check(Pid);
        {_, Text, Details} -> whitebeam_arguments:fail(refused, Text, Details)
    end.

shown(Process) ->
    try
        whitebeam_arguments:process(Process)
    catch
        throw:_ -> undefined
    end.

replied(#{} = Known, _) ->
    Known;
replied({Pid, Request}, Until) ->
    Left = max(0, Until - erlang:monotonic_time(millisecond)),
    case gen_server:receive_response(Request, Left) of
        {reply, Reply} ->
            #{pid => Pid, replied => true, reply => {'$term', Reply}};
        timeout ->
            #{pid => Pid, replied => false, code => timeout, why => <<"it did not reply in time">>};
        {error, {Reason, _}} ->
            Why = {'$inspect', whitebeam_trim:trim(Reason)},
            #{pid => Pid, replied => false, code => crashed, why => <<"it ended before it replied">>, reason => Why}
    end.

%% ---- broadcasts -------------------------------------------------------------------------------

%% Members of a group on other nodes are counted, but not sent to: nothing can be checked about them here.
broadcast_message(Arguments) ->
    {Pids, Elsewhere} = receivers(Arguments),
    within(length(Pids), limit(Arguments)),
    {ok, (spread(Pids, Arguments))#{elsewhere => Elsewhere}}.

receivers(#{processes := Processes}) ->
    {[whitebeam_arguments:process(Process) || Process <- Processes], 0};
receivers(#{group := Group} = Arguments) ->
    Scope =
        case Arguments of
            #{scope := Name} -> whitebeam_arguments:atom(Name);
            _ -> pg
        end,
    members(Scope, whitebeam_arguments:term(Group));
receivers(_) ->
    whitebeam_arguments:fail(invalid, <<"name processes or a group">>, #{field => <<"processes">>}).

members(Scope, Group) ->
    whereis(Scope) =:= undefined andalso
        whitebeam_arguments:fail(not_found, <<"there is no such scope of pg">>, #{field => <<"scope">>}),
    case {pg:get_local_members(Scope, Group), pg:get_members(Scope, Group)} of
        {Local, [_ | _] = All} when is_list(Local) ->
            {lists:usort(Local), length(All) - length(Local)};
        _ ->
            whitebeam_arguments:fail(not_found, <<"the group has no members">>, #{field => <<"group">>})
    end.

%% Answers who was sent the message, and who was not, with the reason.
spread(Pids, Arguments) ->
    Message = whitebeam_arguments:term(maps:get(message, Arguments)),
    Type = maps:get(type, Arguments, send),
    Judged = [judged(Pid, Type, Message, Arguments) || Pid <- Pids],
    Good = [{Pid, Letter} || {Pid, {ok, Letter}} <- Judged],
    Bad = [#{pid => Pid, code => Code, why => Text} || {Pid, {error, {Code, Text, _}}} <- Judged],
    maps:get(dry_run, Arguments, false) orelse [Pid ! Letter || {Pid, Letter} <- Good],
    Sent = [Pid || {Pid, _} <- Good],
    Answer = #{sent => Sent, sent_count => length(Sent), refused => Bad, total => length(Pids)},
    with_dry_run(Answer, Arguments).

judged(Pid, Type, Message, Arguments) ->
    try
        whitebeam_arguments:unprotected_pid(Pid, Arguments),
        Kind = whitebeam_kind:of_process(Pid),
        maps:get(force_send, Arguments, false) orelse refuse(whitebeam_messages:refusal(Type, Kind, Pid, Message)),
        {Pid, {ok, whitebeam_messages:envelope(Type, Kind, Message)}}
    catch
        throw:{error, Error} -> {Pid, {error, Error}}
    end.

refuse(none) -> ok;
refuse({Text, Details}) -> whitebeam_arguments:fail(refused, Text, Details).

%% ---- by description ---------------------------------------------------------------------------

%% The cheap criteria are asked first. Processes of the runtime system are left out, and counted.
selective_send(Arguments) ->
    [] =/= [Key || Key <- [name_prefix, application, behaviour, module], is_map_key(Key, Arguments)] orelse
        whitebeam_arguments:fail(invalid, <<"name at least one criterion">>, #{field => <<"behaviour">>}),
    Cheap = cheap(Arguments),
    is_narrow(Arguments) orelse length(Cheap) =< ?LOOKED_AT orelse
        whitebeam_arguments:fail(
            too_large,
            <<"the node has too many processes to look at each; name a name_prefix or an application too">>,
            #{total => length(Cheap), limit => ?LOOKED_AT, field => <<"application">>}
        ),
    Found = [Pid || Pid <- Cheap, is_meant(Pid, Arguments)],
    {Protected, Open} = lists:partition(fun(Pid) -> whitebeam_process:protection(Pid) =/= none end, Found),
    Limit = limit(Arguments),
    selected(Open, length(Open), Limit, Arguments, #{protected => length(Protected)}).

selected(Pids, Count, Limit, #{dry_run := true} = Arguments, Base) ->
    Answer = maps:merge(Base, spread(lists:sublist(Pids, Limit), Arguments)),
    {ok, Answer#{total => Count, left_out => max(0, Count - Limit)}};
selected(Pids, Count, Limit, Arguments, Base) ->
    within(Count, Limit),
    {ok, (maps:merge(Base, spread(Pids, Arguments)))#{left_out => 0}}.

is_narrow(#{name_prefix := _}) -> true;
is_narrow(#{application := _}) -> true;
is_narrow(_) -> false.

cheap(#{name_prefix := Prefix} = Arguments) ->
    Names = [Name || Name <- registered(), starts(atom_to_binary(Name), Prefix)],
    of_application([Pid || Name <- Names, Pid <- [whereis(Name)], is_pid(Pid)], Arguments);
cheap(Arguments) ->
    of_application(processes(), Arguments).

%% Elixir's names are given with or without their prefix.
starts(Name, Prefix) ->
    begins(Name, Prefix) orelse begins(Name, <<"Elixir.", Prefix/binary>>).

begins(Name, Prefix) ->
    binary:longest_common_prefix([Name, Prefix]) =:= byte_size(Prefix).

of_application(Pids, #{application := Name}) ->
    Application = whitebeam_arguments:atom(Name),
    {Found, _} = lists:foldl(fun(Pid, Known) -> by_leader(Pid, Application, Known) end, {[], #{}}, Pids),
    lists:reverse(Found);
of_application(Pids, _) ->
    Pids.

%% Which application a group leader stands for is asked once for each.
by_leader(Pid, Application, {Found, Known}) ->
    case erlang:process_info(Pid, group_leader) of
        {group_leader, Leader} when is_map_key(Leader, Known) ->
            {added(Pid, Application, map_get(Leader, Known), Found), Known};
        {group_leader, Leader} ->
            Of = application:get_application(Pid),
            {added(Pid, Application, Of, Found), Known#{Leader => Of}};
        undefined ->
            {Found, Known}
    end.

added(Pid, Application, {ok, Application}, Found) -> [Pid | Found];
added(_, _, _, Found) -> Found.

is_meant(Pid, Arguments) ->
    Pid =/= self() andalso
        case maps:with([behaviour, module], Arguments) of
            Both when map_size(Both) =:= 0 -> is_process_alive(Pid);
            Criteria -> fits(whitebeam_kind:of_process(Pid, ?MEMORY), Pid, Criteria)
        end.

fits(Kind, Pid, Criteria) ->
    lists:all(
        fun
            ({behaviour, Behaviour}) -> whitebeam_kind:name(Kind) =:= Behaviour;
            ({module, Name}) -> module(Kind, Pid) =:= whitebeam_arguments:atom(Name)
        end,
        maps:to_list(Criteria)
    ).

%% Of a process of no known behaviour, the module whose function it was started with.
module({_, Module}, _) ->
    Module;
module(plain, Pid) ->
    case {whitebeam_process:initial_call(Pid), erlang:process_info(Pid, initial_call)} of
        {{Module, _, _}, _} -> Module;
        {_, {initial_call, {Module, _, _}}} -> Module;
        _ -> undefined
    end.
