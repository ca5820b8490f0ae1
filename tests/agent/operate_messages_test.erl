%% Tests of messages: sending, casting and calling, to one and to many, and what is refused.
-module(operate_messages_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, argument/1, term/1, eventually/1, idle/0]).

main() ->
    agent_fixture:run_tests(?MODULE, "messages").

to(Pid, Message) ->
    to(Pid, Message, #{}).

to(Pid, Message, More) ->
    More#{pid => argument(Pid), message => term(Message)}.

to_all(Pids, Message) ->
    #{processes => [argument(Pid) || Pid <- Pids], message => term(Message)}.

heard(Pid, What) ->
    receive {Pid, What} -> true after 5000 -> false end.

silent(Pid) ->
    receive {Pid, What} -> What after 0 -> nothing end.

messages(Pid) ->
    {messages, Messages} = process_info(Pid, messages),
    Messages.

%% ---- send -------------------------------------------------------------------------------------

a_message_arrives_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(),
        {ok, #{sent := true, understood := yes, behaviour := gen_server, module := agent_servers}} =
            operate(Guard, send_message, to(Server, {hello, 1})),
        true = heard(Server, {info, {hello, 1}}),
        Machine = agent_servers:machine(),
        {ok, #{understood := yes, behaviour := gen_statem}} = operate(Guard, send_message, to(Machine, hi)),
        true = heard(Machine, {info, hi}),
        Plain = idle(),
        {ok, #{understood := unknown, behaviour := plain, queue_length := 1}} =
            operate(Guard, send_message, to(Plain, hi)),
        [hi] = messages(Plain),
        [exit(Pid, kill) || Pid <- [Server, Machine, Plain]]
    end).

what_cannot_be_understood_is_not_sent_test() ->
    with_agent(fun(Guard) ->
        Supervisor = agent_servers:supervisor(#{}, []),
        Bare = agent_servers:bare(),
        Events = agent_servers:events([]),
        Handled = agent_servers:events([agent_machine]), % handles events, but has no handle_info/2
        Pids = [Supervisor, Bare, Events, Handled],
        [{error, {refused, _, _}} = operate(Guard, send_message, to(Pid, hi)) || Pid <- Pids],
        [{error, {refused, _, _}} = operate(Guard, send_message, to(Pid, hi, #{dry_run => true})) || Pid <- Pids],
        true = erlang:suspend_process(Bare), % so that it stays there
        {ok, #{sent := true, understood := forced}} =
            operate(Guard, send_message, to(Bare, hi, #{force_send => true})),
        [hi] = messages(Bare),
        true = lists:all(fun is_process_alive/1, Pids),
        [exit(Pid, kill) || Pid <- Pids]
    end).

protocols_are_not_written_by_hand_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(),
        [
            {error, {refused, _, #{closest := Closest}}} = operate(Guard, send_message, to(Server, Message))
         || {Message, Closest} <- [
                {{system, {self(), make_ref()}, suspend}, <<"suspend_process">>},
                {{'$gen_call', {self(), make_ref()}, hi}, <<"call_process">>},
                {{'$gen_cast', hi}, <<"cast_message">>}
            ]
        ],
        nothing = silent(Server),
        exit(Server, kill)
    end).

%% Managers of events and evaluators of shells take requests as plain messages.
requests_of_others_are_not_written_by_hand_test() ->
    with_agent(fun(Guard) ->
        {ok, Manager} = gen_event:start(),
        ok = gen_event:add_handler(Manager, operate_messages_test, self()),
        Add = {self(), make_ref(), {add_handler, {operate_messages_test, two}, self()}},
        {error, {refused, _, #{closest := <<"cast_message">>}}} = operate(Guard, send_message, to(Manager, Add)),
        [operate_messages_test] = gen_event:which_handlers(Manager),
        {ok, #{sent := true}} = operate(Guard, send_message, to(Manager, other)),
        exit(Manager, kill)
    end).

init(Tester) ->
    {ok, Tester}.

handle_event(_, Tester) ->
    {ok, Tester}.

handle_call(_, Tester) ->
    {ok, ok, Tester}.

handle_info(_, Tester) ->
    {ok, Tester}.

what_ends_of_a_message_is_seen_test() ->
    with_agent(fun(Guard) ->
        Supervisor = agent_servers:supervisor(#{}, [agent_servers:child(one)]),
        Pid = agent_servers:only_child(Supervisor),
        {ok, #{ended := true, restarted_as := New, sent := true}} =
            operate(Guard, send_message, to(Pid, {crash, oops}, #{wait_ms => 5000})),
        New = agent_servers:only_child(Supervisor),
        exit(Supervisor, kill)
    end).

a_message_is_sent_later_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(),
        {ok, #{sent := false, delay_ms := 20, lease := _}} =
            operate(Guard, send_message_after, to(Server, later, #{delay_ms => 20})),
        true = heard(Server, {info, later}),
        {ok, #{lease := Lease}} = operate(Guard, send_message_after, to(Server, never, #{delay_ms => 60000})),
        {ok, #{leases := [#{id := Lease, kind := message}]}} = operate(Guard, list_leases, #{}),
        {ok, _} = operate(Guard, release_lease, #{lease => Lease}),
        {ok, #{leases := []}} = operate(Guard, list_leases, #{}),
        {got, 1} = gen_server:call(Server, 1),
        nothing = silent(Server),
        exit(Server, kill)
    end).

a_message_that_waits_is_not_sent_when_the_agent_leaves_test() ->
    Server = agent_servers:start(),
    with_agent(fun(Guard) ->
        {ok, _} = operate(Guard, send_message_after, to(Server, never, #{delay_ms => 60000}))
    end),
    {got, 1} = gen_server:call(Server, 1),
    nothing = silent(Server),
    exit(Server, kill).

%% ---- cast -------------------------------------------------------------------------------------

a_cast_reaches_each_behaviour_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(),
        Machine = agent_servers:machine(),
        Events = agent_servers:events([agent_machine]),
        [{ok, #{sent := true}} = operate(Guard, cast_message, to(Pid, hi)) || Pid <- [Server, Machine, Events]],
        true = heard(Server, {cast, hi}),
        true = heard(Machine, {cast, hi}),
        true = heard(Events, {event, hi}),
        Plain = idle(),
        Supervisor = agent_servers:supervisor(#{}, []),
        {error, {refused, _, #{closest := <<"send_message">>}}} = operate(Guard, cast_message, to(Plain, hi)),
        {error, {refused, _, _}} = operate(Guard, cast_message, to(Supervisor, hi)),
        {ok, #{dry_run := true}} = operate(Guard, cast_message, to(Server, hi, #{dry_run => true})),
        {got, 1} = gen_server:call(Server, 1),
        nothing = silent(Server),
        [] = messages(Plain),
        [exit(Pid, kill) || Pid <- [Server, Machine, Events, Plain, Supervisor]]
    end).

%% ---- call -------------------------------------------------------------------------------------

a_call_is_answered_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(),
        Machine = agent_servers:machine(),
        Events = agent_servers:events([agent_machine]),
        {ok, #{reply := {'$term', {got, hi}}, duration_us := Took}} = operate(Guard, call_process, to(Server, hi)),
        true = Took >= 0,
        {ok, #{reply := {'$term', {got, hi}}}} = operate(Guard, call_process_sync, to(Server, hi)),
        {ok, #{reply := {'$term', {got, hi}}}} = operate(Guard, call_process, to(Machine, hi)),
        Handler = #{handler => {atom, <<"agent_machine">>}},
        {ok, #{reply := {'$term', {got, hi}}}} = operate(Guard, call_process, to(Events, hi, Handler)),
        {ok, #{reply := {'$term', {got, hi}}}} = operate(Guard, message_process, to(Server, hi, #{type => call})),
        {ok, #{dry_run := true} = Dry} = operate(Guard, call_process, to(Server, hi, #{dry_run => true})),
        false = is_map_key(reply, Dry),
        [exit(Pid, kill) || Pid <- [Server, Machine, Events]]
    end).

a_call_of_an_event_manager_needs_a_handler_test() ->
    with_agent(fun(Guard) ->
        Events = agent_servers:events([agent_machine]),
        {error, {invalid, _, #{field := <<"handler">>}}} = operate(Guard, call_process, to(Events, hi)),
        {error, {not_found, _, #{field := <<"handler">>}}} =
            operate(Guard, call_process, to(Events, hi, #{handler => {atom, <<"lists">>}})),
        {error, {crashed, _, #{fate := _}}} =
            operate(Guard, call_process, to(Events, crash, #{handler => {atom, <<"agent_machine">>}})),
        [] = gen_event:which_handlers(Events),
        exit(Events, kill)
    end).

what_does_not_answer_calls_is_not_called_test() ->
    with_agent(fun(Guard) ->
        Plain = idle(),
        Supervisor = agent_servers:supervisor(#{}, []),
        {error, {refused, _, #{closest := <<"send_message">>}}} = operate(Guard, call_process, to(Plain, hi)),
        {error, {refused, _, _}} = operate(Guard, call_process, to(Plain, hi, #{force_send => true})),
        {error, {refused, _, #{closest := <<"which_children">>}}} = operate(Guard, call_process, to(Supervisor, hi)),
        {ok, #{reply := {'$term', [{specs, 0} | _]}}} =
            operate(Guard, call_process, to(Supervisor, count_children, #{force_send => true})),
        {error, {protected, _, _}} = operate(Guard, call_process, to(whereis(kernel_sup), count_children)),
        [] = messages(Plain),
        [exit(Pid, kill) || Pid <- [Plain, Supervisor]]
    end).

a_crash_at_a_call_is_told_with_what_became_of_it_test() ->
    with_agent(fun(Guard) ->
        Supervisor = agent_servers:supervisor(#{}, [agent_servers:child(one)]),
        Pid = agent_servers:only_child(Supervisor),
        {error, {crashed, _, Details}} = operate(Guard, call_process, to(Pid, {crash, oops})),
        #{reason := Reason, fate := _, restarted_as := New} = Details,
        true = is_binary(string:prefix(Reason, ":oops in :agent_servers.handle_call/3")),
        New = list_to_binary(["#PID", pid_to_list(agent_servers:only_child(Supervisor))]),
        exit(Supervisor, kill),
        Alone = agent_servers:start(),
        {error, {crashed, _, #{fate := <<"no supervisor restarts it">>}}} =
            operate(Guard, call_process, to(Alone, {crash, oops}))
    end).

a_call_that_takes_too_long_leaves_nothing_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(),
        {error, {timeout, _, #{timeout_ms := 10}}} =
            operate(Guard, call_process, to(Server, never, #{timeout_ms => 10})),
        {got, 1} = gen_server:call(Server, 1),
        ok = sys:suspend(Server),
        {error, {busy, _, _}} = operate(Guard, call_process, to(Server, hi)),
        ok = sys:resume(Server),
        true = erlang:suspend_process(Server),
        {error, {busy, _, _}} = operate(Guard, call_process, to(Server, hi)),
        [] = messages(Server),
        exit(Server, kill)
    end).

a_full_mailbox_is_not_added_to_test() ->
    with_agent(fun(Guard) ->
        Server = agent_servers:start(#{}),
        ok = sys:suspend(Server),
        [Server ! N || N <- lists:seq(1, 1001)],
        {error, {queue, _, #{queue_length := 1001}}} = operate(Guard, call_process, to(Server, hi)),
        exit(Server, kill)
    end).

%% ---- many -------------------------------------------------------------------------------------

all_are_called_at_once_test() ->
    with_agent(fun(Guard) ->
        [A, B, Slow] = Servers = [agent_servers:start() || _ <- [1, 2, 3]],
        Plain = idle(),
        Dead = spawn(fun() -> ok end),
        eventually(fun() -> not is_process_alive(Dead) end),
        ok = gen_server:cast(Slow, {run, fun() -> receive never -> ok end end}),
        {ok, #{results := Results, total := 5, replied := 2}} =
            operate(Guard, multi_call_processes, (to_all(Servers ++ [Plain, Dead], hi))#{timeout_ms => 200}),
        [
            #{pid := A, replied := true, reply := {'$term', {got, hi}}},
            #{pid := B, replied := true},
            #{pid := Slow, replied := false, code := timeout},
            #{pid := Plain, replied := false, code := refused},
            #{replied := false, code := gone}
        ] = Results,
        {error, {too_large, _, #{total := 2, limit := 1}}} =
            operate(Guard, multi_call_processes, (to_all([A, B], hi))#{limit => 1}),
        {ok, #{dry_run := true, replied := 0}} =
            operate(Guard, multi_call_processes, (to_all([A, B], hi))#{dry_run => true}),
        [] = messages(Plain),
        [exit(Pid, kill) || Pid <- [Plain | Servers]]
    end).

a_list_gets_a_broadcast_test() ->
    with_agent(fun(Guard) ->
        [A, B] = [agent_servers:start() || _ <- [1, 2]],
        Bare = agent_servers:bare(),
        {ok, #{sent := [A, B], sent_count := 2, total := 3, refused := [#{pid := Bare, code := refused}]}} =
            operate(Guard, broadcast_message, to_all([A, B, Bare], all)),
        true = heard(A, {info, all}),
        true = heard(B, {info, all}),
        {ok, #{sent := [A, Bare]}} = operate(Guard, broadcast_message, (to_all([A, Bare], all))#{type => cast}),
        true = heard(A, {cast, all}),
        {ok, #{sent := [A], dry_run := true}} = operate(Guard, broadcast_message, (to_all([A], all))#{dry_run => true}),
        {got, 1} = gen_server:call(A, 1),
        nothing = silent(A),
        {error, {invalid, _, #{field := <<"processes">>}}} = operate(Guard, broadcast_message, #{message => term(a)}),
        [exit(Pid, kill) || Pid <- [A, B, Bare]]
    end).

a_group_gets_a_broadcast_test() ->
    with_agent(fun(Guard) ->
        {error, {not_found, _, #{field := <<"scope">>}}} =
            operate(Guard, broadcast_message, #{group => term(friends), message => term(all)}),
        {ok, Scope} = pg:start(pg),
        [A, B] = [agent_servers:start() || _ <- [1, 2]],
        ok = pg:join(friends, [A, B]),
        {ok, #{sent := Sent, elsewhere := 0}} =
            operate(Guard, broadcast_message, #{group => term(friends), message => term(all)}),
        [A, B] = lists:sort(Sent),
        true = heard(A, {info, all}),
        {error, {not_found, _, #{field := <<"group">>}}} =
            operate(Guard, broadcast_message, #{group => term(foes), message => term(all)}),
        [exit(Pid, kill) || Pid <- [A, B, Scope]]
    end).

processes_are_selected_by_description_test() ->
    with_agent(fun(Guard) ->
        [A, B] = [agent_servers:start() || _ <- [1, 2]],
        true = register(selected_one, A),
        true = register('Elixir.Selected.Two', B),
        ByModule = #{message => term(sel), module => {atom, <<"agent_servers">>}},
        {ok, #{sent := [A, B], total := 2, dry_run := true}} = operate(Guard, selective_send, ByModule#{dry_run => true}),
        {ok, #{sent := [A], total := 2, left_out := 1}} =
            operate(Guard, selective_send, ByModule#{dry_run => true, limit => 1}),
        {error, {too_large, _, #{total := 2, limit := 1}}} = operate(Guard, selective_send, ByModule#{limit => 1}),
        {got, 1} = gen_server:call(A, 1),
        nothing = silent(A),
        {ok, #{sent := [A, B]}} = operate(Guard, selective_send, ByModule#{behaviour => gen_server}),
        true = heard(A, {info, sel}) andalso heard(B, {info, sel}),
        {ok, #{sent := [A]}} = operate(Guard, selective_send, #{message => term(sel), name_prefix => <<"selected">>}),
        {ok, #{sent := [B]}} = operate(Guard, selective_send, #{message => term(sel), name_prefix => <<"Selected">>}),
        {ok, #{sent := [], total := 0}} = operate(Guard, selective_send, ByModule#{behaviour => gen_statem}),
        [exit(Pid, kill) || Pid <- [A, B]]
    end).

an_application_of_the_runtime_is_left_out_test() ->
    with_agent(fun(Guard) ->
        {ok, #{sent := [], total := 0, protected := Protected}} =
            operate(Guard, selective_send, #{message => term(sel), application => {atom, <<"kernel">>}}),
        true = Protected > 5,
        {ok, _} = application:ensure_all_started(sasl),
        {ok, #{total := Total, refused := Refused, dry_run := true}} = operate(Guard, selective_send, #{
            message => term(sel), application => {atom, <<"sasl">>}, dry_run => true
        }),
        true = Total >= 3,
        true = lists:member(whereis(sasl_sup), [Pid || #{pid := Pid, code := refused} <- Refused]),
        ok = application:stop(sasl),
        {error, {invalid, _, #{field := <<"behaviour">>}}} = operate(Guard, selective_send, #{message => term(sel)})
    end).
