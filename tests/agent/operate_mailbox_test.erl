%% Tests of mailboxes: reading, figures, taking out, changing the order.
-module(operate_mailbox_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, argument/1, term/1, eventually/1, idle/0]).

main() ->
    agent_fixture:run_tests(?MODULE, "mailboxes").

%% ---- helpers ----------------------------------------------------------------------------------

%% A plain process with these messages.
with(Messages) ->
    Pid = spawn(fun() -> receive nothing_like_this -> ok end end),
    [Pid ! Message || Message <- Messages],
    Pid.

%% A server that sys:suspend/1 stopped, with these messages.
stopped(Messages) ->
    Pid = agent_servers:start(),
    ok = sys:suspend(Pid),
    [Pid ! Message || Message <- Messages],
    Pid.

pid(Pid) ->
    #{pid => argument(Pid)}.

pid(Pid, More) ->
    More#{pid => argument(Pid)}.

messages(Pid) ->
    {messages, Messages} = process_info(Pid, messages),
    Messages.

shown(Rows) ->
    [Message || #{message := {'$term', Message}} <- Rows].

%% ---- reading ----------------------------------------------------------------------------------

messages_are_looked_at_and_stay_test() ->
    with_agent(fun(Guard) ->
        Pid = with([a, {b, 2}, "c"]),
        {ok, #{length := 3}} = operate(Guard, get_message_queue_length, pid(Pid)),
        {ok, #{length := 3, offset := 0, messages := All, left_out := 0}} = operate(Guard, peek_message_queue, pid(Pid)),
        [a, {b, 2}, "c"] = shown(All),
        [
            #{index := 0, type := atom, kind := info, cut := false},
            #{index := 1, type := tuple, shape := {'$inspect', {b, '_'}}},
            #{type := list}
        ] = All,
        {ok, #{messages := [Second], left_out := 1}} =
            operate(Guard, peek_message_queue, pid(Pid, #{offset => 1, limit => 1})),
        [{b, 2}] = shown([Second]),
        {ok, #{messages := [], offset := 3, left_out := 0}} = operate(Guard, peek_message_queue, pid(Pid, #{offset => 9})),
        [a, {b, 2}, "c"] = messages(Pid),
        exit(Pid, kill)
    end).

large_messages_are_cut_test() ->
    with_agent(fun(Guard) ->
        Large = lists:seq(1, 100000),
        Pid = with([small, Large, small]),
        {ok, #{messages := [One, Two, Three]}} = operate(Guard, peek_message_queue, pid(Pid)),
        #{cut := false, message := {'$term', small}} = One,
        #{cut := true, bytes := Bytes} = Two,
        Bytes = erlang:external_size(Large),
        true = erlang:external_size(Two) < 2000,
        #{cut := true} = Three, % the bytes are used up
        {ok, #{messages := Rows}} = operate(Guard, peek_message_queue, pid(Pid, #{max_bytes => 4})),
        [true, true, true] = [Cut || #{cut := Cut} <- Rows],
        exit(Pid, kill)
    end).

a_mailbox_is_shown_from_both_ends_test() ->
    with_agent(fun(Guard) ->
        Pid = with(lists:seq(1, 30)),
        {ok, Answer} = operate(Guard, inspect_mailbox, pid(Pid, #{limit => 2})),
        #{length := 30, first := First, last := Last, left_out := 26, stored := on_heap, memory := _} = Answer,
        [1, 2] = shown(First),
        [29, 30] = shown(Last),
        #{by_type := [#{type := integer, count := 30}]} = Answer,
        {ok, #{first := AllOfThem, last := [], left_out := 0}} = operate(Guard, inspect_mailbox, pid(Pid, #{limit => 30})),
        30 = length(AllOfThem),
        exit(Pid, kill)
    end).

messages_are_found_test() ->
    with_agent(fun(Guard) ->
        Pid = with([{tick, 1}, {tock, <<"hello">>}, {tick, #{a => 1, b => 2}}, tick]),
        Find = fun(What) ->
            {ok, #{found := Found, messages := Rows, length := 4}} = operate(Guard, search_mailbox, pid(Pid, What)),
            {Found, [Index || #{index := Index} <- Rows]}
        end,
        {2, [0, 2]} = Find(#{pattern => term({tick, '_'})}),
        {1, [2]} = Find(#{pattern => term({'_', #{a => 1}})}),
        {0, []} = Find(#{pattern => term({tick, #{a => 2}})}),
        {3, [0, 2, 3]} = Find(#{text => <<":tick">>}),
        {1, [1]} = Find(#{text => <<"{:tock, \"hel">>}),
        {1, [2]} = Find(#{text => <<"tick">>, pattern => term({'_', #{}})}),
        {4, [0]} = Find(#{kind => info, limit => 1}),
        {error, {invalid, _, #{field := <<"pattern">>}}} = operate(Guard, search_mailbox, pid(Pid)),
        exit(Pid, kill)
    end).

%% ---- figures ----------------------------------------------------------------------------------

kinds() ->
    Reference = make_ref(),
    [
        {{'$gen_call', {self(), Reference}, {get, 1}}, call},
        {{'$gen_cast', {set, 1}}, cast},
        {{notify, x}, event},
        {{'EXIT', self(), normal}, exit},
        {{'DOWN', Reference, process, self(), normal}, down},
        {{timeout, Reference, tick}, timer},
        {{Reference, reply}, reply},
        {{[alias | Reference], reply}, reply},
        {{io_request, self(), Reference, x}, io},
        {1.5, info},
        {{}, info},
        {<<1:3>>, info},
        {fun() -> ok end, info}
    ].

every_kind_is_counted_test() ->
    with_agent(fun(Guard) ->
        Pid = with([Message || {Message, _} <- kinds()]),
        {ok, #{length := Length, by_kind := ByKind, by_type := ByType, by_shape := ByShape, shapes := Shapes}} =
            operate(Guard, count_mailbox_messages, pid(Pid)),
        Length = length(kinds()),
        Kinds = [Kind || {_, Kind} <- kinds()],
        Expected = [{Kind, length([K || K <- Kinds, K =:= Kind])} || Kind <- lists:usort(Kinds)],
        Expected = lists:sort([{Kind, Count} || #{kind := Kind, count := Count} <- ByKind]),
        Length = lists:sum([Count || #{count := Count} <- ByType]),
        Shapes = length(ByShape),
        true = lists:member({'$gen_call', '_', {get, '_'}}, [Shape || #{shape := {'$inspect', Shape}} <- ByShape]),
        exit(Pid, kill)
    end).

statistics_are_those_of_the_messages_test() ->
    with_agent(fun(Guard) ->
        Dead = spawn(fun() -> ok end),
        eventually(fun() -> not is_process_alive(Dead) end),
        Messages = [a, lists:seq(1, 500), {'$gen_call', {Dead, make_ref()}, x}, {'$gen_call', {self(), make_ref()}, x}],
        Pid = with(Messages),
        {ok, Answer} = operate(Guard, get_message_queue_stats, pid(Pid)),
        #{length := 4, bytes := Bytes, largest := #{index := 1}, callers := 2, callers_gone := 1} = Answer,
        Bytes = lists:sum([erlang:external_size(Message) || Message <- Messages]),
        #{messages_read := true, stored := on_heap, average_bytes := Average} = Answer,
        Average = round(Bytes / 4),
        Empty = idle(),
        {ok, #{length := 0, largest := undefined, average_bytes := 0}} =
            operate(Guard, get_message_queue_stats, pid(Empty)),
        [exit(P, kill) || P <- [Pid, Empty]]
    end).

a_very_long_mailbox_is_not_copied_test() ->
    with_agent(fun(Guard) ->
        Pid = with(lists:seq(1, 10001)),
        {error, {too_large, _, #{queue_length := 10001, limit := 10000}}} = operate(Guard, peek_message_queue, pid(Pid)),
        {ok, #{length := 10001}} = operate(Guard, get_message_queue_length, pid(Pid)),
        {ok, #{length := 10001, messages_read := false, why := _, memory := _}} =
            operate(Guard, get_message_queue_stats, pid(Pid)),
        exit(Pid, kill)
    end).

a_sensitive_process_is_not_called_empty_test() ->
    with_agent(fun(Guard) ->
        Pid = spawn(fun() ->
            process_flag(sensitive, true),
            receive nothing_like_this -> ok end
        end),
        Pid ! secret,
        eventually(fun() -> process_info(Pid, messages) =:= {messages, []} end),
        {error, {refused, _, _}} = operate(Guard, peek_message_queue, pid(Pid)),
        {ok, #{length := 1, messages_read := false}} = operate(Guard, get_message_queue_stats, pid(Pid)),
        exit(Pid, kill)
    end).

findings(Guard, Pid) ->
    {ok, #{findings := Findings}} = operate(Guard, analyze_mailbox_patterns, pid(Pid, #{sample_ms => 20})),
    [Name || #{finding := Name} <- Findings].

%% Takes {take, _} and leaves everything else.
picky() ->
    receive
        {take, To} ->
            To ! taken,
            picky()
    end.

patterns_say_what_is_wrong_test() ->
    with_agent(fun(Guard) ->
        Idle = with([{tick, N} || N <- lists:seq(1, 20)]),
        [waiting, one_sort] = findings(Guard, Idle),
        {ok, #{repeated := []}} = operate(Guard, analyze_mailbox_patterns, pid(Idle, #{sample_ms => 0})),
        Self = self(),
        Picky = spawn(fun picky/0),
        [Picky ! left || _ <- [1, 2, 3]],
        Feeder = spawn_link(fun() -> feed(Picky, Self) end),
        {ok, #{findings := Findings, repeated := [#{count := 3}]}} =
            operate(Guard, analyze_mailbox_patterns, pid(Picky, #{sample_ms => 50})),
        [_ | _] = [Name || #{finding := Name} <- Findings, Name =:= not_received orelse Name =:= left_at_head],
        unlink(Feeder),
        [exit(P, kill) || P <- [Feeder, Picky, Idle]],
        Empty = idle(),
        [] = findings(Guard, Empty),
        exit(Empty, kill)
    end).

feed(To, Self) ->
    To ! {take, self()},
    receive taken -> feed(To, Self) end.

%% ---- taking out -------------------------------------------------------------------------------

a_stopped_server_is_flushed_test() ->
    with_agent(fun(Guard) ->
        Pid = stopped([{info, N} || N <- lists:seq(1, 2000)]),
        Pid ! {'DOWN', make_ref(), process, self(), normal},
        Request = gen_server:send_request(Pid, hello),
        {ok, #{removed := 2001, dry_run := true, length_before := 2002}} =
            operate(Guard, flush_message_queue, pid(Pid, #{dry_run => true})),
        {ok, #{removed := 2001, answered := 1, length_before := 2002, length := 1}} =
            operate(Guard, flush_message_queue, pid(Pid)),
        [{'DOWN', _, _, _, _}] = messages(Pid),
        {reply, {error, drained}} = gen_server:wait_response(Request, 5000),
        {ok, #{removed := 1, length := 0}} = operate(Guard, flush_message_queue, pid(Pid, #{keep_signals => false})),
        ok = sys:resume(Pid),
        {got, 1} = gen_server:call(Pid, 1),
        exit(Pid, kill)
    end).

drained_messages_are_the_answer_test() ->
    with_agent(fun(Guard) ->
        Pid = stopped([one, {}, {'EXIT', self(), x}, "three", four]),
        {ok, #{removed := 2, dry_run := true, messages := [_, _]}} =
            operate(Guard, drain_message_queue, pid(Pid, #{limit => 2, dry_run => true})),
        {ok, #{removed := 2, messages := First, length := 3}} = operate(Guard, drain_message_queue, pid(Pid, #{limit => 2})),
        [one, {}] = shown(First),
        {ok, #{removed := 2, messages := Second, length := 1}} = operate(Guard, drain_message_queue, pid(Pid)),
        ["three", four] = shown(Second),
        exit(Pid, kill)
    end).

what_fits_is_filtered_out_test() ->
    with_agent(fun(Guard) ->
        Pid = stopped([{tick, 1}, keep, {tick, 2}, {tock, 3}]),
        Ticks = #{pattern => term({tick, '_'})},
        {ok, #{removed := 2, dry_run := true}} = operate(Guard, filter_message_queue, pid(Pid, Ticks#{dry_run => true})),
        {ok, #{removed := 2, kept := 2, length := 2, answered := 0}} = operate(Guard, filter_message_queue, pid(Pid, Ticks)),
        [keep, {tock, 3}] = messages(Pid),
        {error, {invalid, _, _}} = operate(Guard, filter_message_queue, pid(Pid)),
        Request = gen_server:send_request(Pid, hello),
        {ok, #{removed := 1, answered := 1}} = operate(Guard, filter_message_queue, pid(Pid, #{kind => call})),
        {reply, {error, drained}} = gen_server:wait_response(Request, 5000),
        exit(Pid, kill)
    end).

what_fits_comes_first_test() ->
    with_agent(fun(Guard) ->
        Pid = stopped([a, {urgent, 1}, b, {urgent, 2}]),
        Urgent = #{pattern => term({urgent, '_'})},
        {error, {refused, _, #{field := <<"confirm">>}}} = operate(Guard, prioritize_message_queue, pid(Pid, Urgent)),
        {ok, #{moved := 2, dry_run := true}} =
            operate(Guard, prioritize_message_queue, pid(Pid, Urgent#{dry_run => true})),
        [a, {urgent, 1}, b, {urgent, 2}] = messages(Pid),
        {ok, #{moved := 2, reordered := 4}} = operate(Guard, prioritize_message_queue, pid(Pid, Urgent#{confirm => true})),
        [{urgent, 1}, {urgent, 2}, a, b] = messages(Pid),
        exit(Pid, kill)
    end).

%% One that runs has taken its messages before it reads the question.
a_running_server_has_nothing_left_to_flush_test() ->
    with_agent(fun(Guard) ->
        Pid = agent_servers:start(#{}),
        [Pid ! N || N <- lists:seq(1, 100)],
        {ok, #{removed := 0, length := 0}} = operate(Guard, flush_message_queue, pid(Pid)),
        exit(Pid, kill)
    end).

an_event_manager_is_drained_once_test() ->
    with_agent(fun(Guard) ->
        Pid = agent_servers:events([agent_machine, {agent_machine, second}]),
        ok = sys:suspend(Pid),
        [Pid ! N || N <- [1, 2, 3]],
        {ok, #{removed := 3, messages := Rows}} = operate(Guard, drain_message_queue, pid(Pid)),
        [1, 2, 3] = shown(Rows),
        exit(Pid, kill)
    end).

what_cannot_be_asked_keeps_its_messages_test() ->
    with_agent(fun(Guard) ->
        Pid = with([a, b]),
        More = #{pattern => term(a), confirm => true, stored => off_heap},
        [
            {error, {refused, _, _}} = operate(Guard, Name, pid(Pid, More))
         || Name <- [
                flush_message_queue, drain_message_queue, filter_message_queue, prioritize_message_queue,
                compact_mailbox
            ]
        ],
        [a, b] = messages(Pid),
        Busy = agent_servers:start(#{}),
        ok = gen_server:cast(Busy, {run, fun() -> receive never -> ok end end}),
        eventually(fun() -> process_info(Busy, message_queue_len) =:= {message_queue_len, 0} end),
        {error, {busy, _, _}} = operate(Guard, flush_message_queue, pid(Busy, #{timeout_ms => 10})),
        {error, {protected, _, _}} = operate(Guard, flush_message_queue, pid(whereis(code_server))),
        [exit(P, kill) || P <- [Pid, Busy]]
    end).

%% ---- storage ----------------------------------------------------------------------------------

a_mailbox_is_moved_off_the_heap_test() ->
    with_agent(fun(Guard) ->
        Pid = stopped([lists:seq(1, 1000) || _ <- lists:seq(1, 10)]),
        {ok, #{before := #{stored := on_heap}, 'after' := #{stored := off_heap, length := 10}}} =
            operate(Guard, compact_mailbox, pid(Pid, #{stored => off_heap})),
        {message_queue_data, off_heap} = process_info(Pid, message_queue_data),
        Plain = with([a]),
        {ok, #{before := _, 'after' := #{length := 1}}} = operate(Guard, compact_mailbox, pid(Plain)),
        {ok, #{dry_run := true}} = operate(Guard, compact_mailbox, pid(Pid, #{stored => on_heap, dry_run => true})),
        {message_queue_data, off_heap} = process_info(Pid, message_queue_data),
        [exit(P, kill) || P <- [Pid, Plain]]
    end).

what_is_dead_is_gone_test() ->
    with_agent(fun(Guard) ->
        {Pid, Monitor} = spawn_monitor(fun() -> ok end),
        receive {'DOWN', Monitor, _, _, _} -> ok end,
        [
            {error, {gone, _, _}} = operate(Guard, Name, pid(Pid, #{pattern => term(a)}))
         || Name <- [
                get_message_queue_length, peek_message_queue, inspect_mailbox, search_mailbox,
                count_mailbox_messages, get_message_queue_stats, analyze_mailbox_patterns,
                flush_message_queue, drain_message_queue, filter_message_queue, prioritize_message_queue,
                compact_mailbox
            ]
        ]
    end).
