%% Starting processes for a user. Over HTTP there is no caller to link to: what is started belongs to a
%% lease's process, its owner, and ends with the lease. The lease ends with the process, unless that is
%% monitored: then the lease stays and tells how the process ended, see list_leases.
-module(whitebeam_start).

-export([handler/1]).

-define(START_MS, 5000).
-define(LEASE_MS, 600000).
-define(END_MS, 500).
-define(LEAST_HEAP, 16777216). % words

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(start_process) -> fun(Arguments) -> run(start, [], Arguments) end;
handler(start_link_process) -> fun(Arguments) -> run(start, [link], Arguments) end;
handler(start_monitor_process) -> fun(Arguments) -> run(start, [monitor], Arguments) end;
handler(spawn_process) -> fun(Arguments) -> run(spawn, [], Arguments) end;
handler(spawn_link_process) -> fun(Arguments) -> run(spawn, [link], Arguments) end;
handler(spawn_monitor_process) -> fun(Arguments) -> run(spawn, [monitor], Arguments) end;
handler(_) -> undefined.

run(How, Bond, Arguments) ->
    {M, F, A} = Call = call(Arguments),
    Options = options(Arguments),
    Base = #{function => {'$mfa', M, F, length(A)}},
    case Arguments of
        #{dry_run := true} -> {ok, Base#{dry_run => true}};
        _ -> {ok, held(How, Bond, Call, Options, Base, Arguments)}
    end.

%% ---- arguments --------------------------------------------------------------------------------

call(#{module := ModuleName, function := FunctionName} = Arguments) ->
    Module = whitebeam_arguments:atom(ModuleName),
    Function = whitebeam_arguments:atom(FunctionName),
    List = list(Arguments),
    _ = code:ensure_loaded(Module),
    erlang:function_exported(Module, Function, length(List)) orelse
        whitebeam_arguments:fail(
            not_found,
            io_lib:format("there is no function ~ts.~ts/~b", [
                whitebeam_inspect:text(Module), Function, length(List)
            ]),
            #{field => <<"function">>}
        ),
    {Module, Function, List}.

list(#{arguments := Term}) ->
    case whitebeam_arguments:term(Term) of
        List when is_list(List), length(List) =< 255 -> List;
        _ -> whitebeam_arguments:fail(invalid, <<"the arguments must be a list">>, #{field => <<"arguments">>})
    end;
list(_) ->
    [].

options(Arguments) ->
    Given = lists:append([option(Key, Value) || {Key, Value} <- maps:to_list(Arguments)]),
    case {Given, Arguments} of
        {[_ | _], #{as := start_function}} ->
            Text = <<"what a start function starts takes no options from here">>,
            whitebeam_arguments:fail(invalid, Text, #{field => <<"as">>});
        _ ->
            Given
    end.

option(priority, Level) -> [{priority, Level}];
option(min_heap_size, Words) when Words =< ?LEAST_HEAP -> [{min_heap_size, Words}];
option(min_heap_size, _) ->
    Text = <<"the node would set so much memory aside at once">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"min_heap_size">>, limit => ?LEAST_HEAP});
option(max_heap_size, Words) -> [{max_heap_size, #{size => Words, kill => true, error_logger => true}}];
option(message_queue_data, Where) -> [{message_queue_data, Where}];
option(_, _) -> [].

%% ---- starting ---------------------------------------------------------------------------------

held(How, Bond, Call, Options, Base, Arguments) ->
    Ms = maps:get(duration_ms, Arguments, ?LEASE_MS),
    Take = fun() -> take(How, Bond, Call, Options, Base, Arguments) end,
    {Lease, Taken} = whitebeam_leases:hold(process, make_ref(), Base, Ms, Take),
    #{pid := Pid} = Taken,
    Answer = Taken#{lease => Lease, monitored => Bond =:= [monitor]},
    maps:merge(Answer, observed(Pid, maps:get(wait_ms, Arguments, 0))).

%% Whether it lives, and if it ended within WaitMs, how.
observed(Pid, WaitMs) ->
    Monitor = monitor(process, Pid),
    receive
        {'DOWN', Monitor, process, _, Reason} -> #{alive => false, reason => {'$inspect', whitebeam_trim:trim(Reason)}}
    after WaitMs ->
        demonitor(Monitor, [flush]),
        #{alive => is_process_alive(Pid)}
    end.

%% Runs in the owner.
take(How, Bond, Call, Options, Base, Arguments) ->
    case started(How, Bond -- [monitor], Call, Options, Arguments) of
        {ok, Pid, Given} ->
            About = Base#{pid => Pid},
            ok = whitebeam_leases:about(About),
            watch(Bond, Pid, About),
            Answer = maps:merge(About#{owner => self(), linked => is_linked(Pid)}, Given),
            {ok, Answer, fun() -> finish(Pid) end};
        {error, _} = Error ->
            Error
    end.

%% What the owner monitors ends the lease; a monitor of the user's is a process of its own.
watch([monitor], Pid, About) ->
    Owner = self(),
    Leases = get(whitebeam_leases),
    spawn(fun() ->
        Gone = monitor(process, Owner),
        End = monitor(process, Pid),
        receive
            {'DOWN', End, process, _, Reason} ->
                Leases ! {about, Owner, About#{ended => true, reason => {'$inspect', whitebeam_trim:trim(Reason)}}};
            {'DOWN', Gone, process, _, _} ->
                ok
        end
    end);
watch(_, Pid, _) ->
    monitor(process, Pid).

is_linked(Pid) ->
    {links, Links} = erlang:process_info(self(), links),
    lists:member(Pid, Links).

started(spawn, Bond, {M, F, A}, Options, _) ->
    {ok, spawn_opt(M, F, A, Bond ++ Options), #{}};
started(start, _, {M, F, A}, _, #{as := start_function}) ->
    answered(apply(M, F, A));
started(start, Bond, {M, F, A}, Options, Arguments) ->
    Timeout = maps:get(timeout_ms, Arguments, ?START_MS),
    answered(
        case Bond of
            [link] -> proc_lib:start_link(M, F, A, Timeout, Options);
            [] -> proc_lib:start(M, F, A, Timeout, Options)
        end
    ).

%% What a start function gave. Which pid is meant is clear for the usual forms; else it is the process
%% that has us as its parent.
answered({error, timeout}) ->
    Text = <<"the process did not call proc_lib:init_ack in time and was ended">>,
    {error, {timeout, Text, #{closest => <<"spawn_process">>}}};
answered({error, normal}) ->
    Text = <<
        "it ended without calling proc_lib:init_ack; a function that starts another process, such as "
        "start_link/1, is run with as=start_function"
    >>,
    {error, {refused, Text, #{field => <<"as">>}}};
answered({error, Reason}) ->
    {error, {crashed, unicode:characters_to_binary(["it did not start: ", whitebeam_reason:text(Reason)]), #{}}};
answered(Answer) ->
    case pids(Answer) of
        [Pid | _] ->
            {ok, Pid, #{answer => {'$inspect', whitebeam_trim:trim(Answer)}}};
        [] ->
            Text = io_lib:format("it answered ~0tP and left no process", [Answer, 20]),
            {error, {refused, unicode:characters_to_binary(Text), #{}}}
    end.

pids({ok, Pid}) when is_pid(Pid) -> [Pid];
pids({ok, Pid, _}) when is_pid(Pid) -> [Pid];
pids(Pid) when is_pid(Pid) -> [Pid];
pids(_) -> [Pid || Pid <- processes(), erlang:process_info(Pid, parent) =:= {parent, self()}].

finish(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, shutdown),
    receive
        {'DOWN', Monitor, process, Pid, _} -> ok
    after ?END_MS -> exit(Pid, kill)
    end.
