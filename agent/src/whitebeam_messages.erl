%% Messages to one process: raw ones, casts and calls, now or later. A process that provably cannot
%% understand a message is not sent it, unless `force_send` says so.
-module(whitebeam_messages).

-export([handler/1, refusal/4, envelope/3, callable/1]).

-define(CALL_MS, 5000).
-define(RESTART_MS, 500).
-define(HANDLERS_MS, 1000).
-define(EVALUATORS, [shell, 'Elixir.IEx.Evaluator', 'Elixir.IEx.Server']).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(send_message) -> fun(Arguments) -> deliver(send, Arguments) end;
handler(send_message_after) -> fun(Arguments) -> deliver(send, Arguments) end;
handler(cast_message) -> fun(Arguments) -> deliver(cast, Arguments) end;
handler(call_process) -> fun call_process/1;
handler(call_process_sync) -> fun call_process/1;
handler(message_process) -> fun message_process/1;
handler(_) -> undefined.

message_process(Arguments) ->
    case maps:get(type, Arguments, send) of
        call -> call_process(Arguments);
        Type -> deliver(Type, Arguments)
    end.

message(#{message := Term}) ->
    whitebeam_arguments:term(Term).

%% ---- what a process understands ---------------------------------------------------------------

%% Why a process is not sent a message, as {Text, Details}, or `none`. Type is send or cast.
-spec refusal(send | cast, whitebeam_kind:kind(), pid(), term()) -> none | {iodata(), map()}.
refusal(send, _, _, {system, _, _}) ->
    {<<"this is a system message, which must not be written by hand">>, #{closest => <<"suspend_process">>}};
refusal(send, _, _, {'$gen_call', _, _}) ->
    {<<"this is how a call is sent">>, #{closest => <<"call_process">>}};
refusal(send, {Kind, _}, _, {'$gen_cast', _}) when Kind =/= supervisor ->
    {<<"this is how a cast is sent">>, #{closest => <<"cast_message">>}};
refusal(send, _, _, {io_request, _, _, _}) ->
    {<<"this is a request of the I/O protocol, which must not be written by hand">>, #{}};
refusal(send, {gen_event, _}, _, {From, _, _}) when is_pid(From) ->
    {<<"this is how a manager of events is asked to change its handlers">>, #{closest => <<"cast_message">>}};
refusal(_, {supervisor, _}, _, _) ->
    {<<"it is a supervisor, which understands no messages from outside">>, #{closest => <<"restart_child">>}};
refusal(send, {gen_event, _}, Pid, _) ->
    no_handler(Pid, whitebeam_kind:handlers(Pid, ?HANDLERS_MS));
refusal(send, plain, Pid, _) ->
    case evaluates(Pid) of
        true -> {<<"it evaluates for a shell, so a message may be code that it runs">>, #{}};
        false -> none
    end;
refusal(send, Kind, _, _) ->
    case whitebeam_kind:takes(Kind, info) of
        no -> {[<<"its module ">>, name(whitebeam_kind:module(Kind)), <<" has no function for it">>], #{}};
        _ -> none
    end;
refusal(cast, plain, _, _) ->
    {<<"it is not a process of a behaviour that knows casts">>, #{closest => <<"send_message">>}};
refusal(cast, Kind, _, _) ->
    case whitebeam_kind:takes(Kind, cast) of
        yes -> none;
        no -> {[<<"its module ">>, name(whitebeam_kind:module(Kind)), <<" handles no casts">>], #{}};
        unknown -> {<<"its module is not known, as of an Agent, which takes only functions">>, #{}}
    end.

%% Whether it is an evaluator of a shell, which has its module below whatever it runs.
evaluates(Pid) ->
    case erlang:process_info(Pid, current_stacktrace) of
        {current_stacktrace, Frames} ->
            lists:any(fun(Frame) -> lists:member(element(1, Frame), ?EVALUATORS) end, Frames);
        undefined -> false
    end.

name(Module) ->
    io_lib:format("~tw", [Module]).

no_handler(Pid, Handlers) ->
    Modules = [handler_module(Handler) || Handler <- Handlers],
    case lists:any(fun(Module) -> erlang:function_exported(Module, handle_info, 2) end, Modules) of
        true -> none;
        false -> {[<<"none of the handlers of ">>, whitebeam_arguments:pid_text(Pid), <<" has handle_info/2">>], #{}}
    end.

handler_module({Module, _}) -> Module;
handler_module(Module) -> Module.

%% What travels for a message of this type.
-spec envelope(send | cast, whitebeam_kind:kind(), term()) -> term().
envelope(send, _, Message) -> Message;
envelope(cast, {gen_event, _}, Message) -> {notify, Message};
envelope(cast, {gen_fsm, _}, Message) -> {'$gen_event', Message};
envelope(cast, _, Message) -> {'$gen_cast', Message}.

%% ---- sending ----------------------------------------------------------------------------------

deliver(Type, #{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Message = message(Arguments),
    Kind = whitebeam_kind:of_process(Pid),
    Known = understood(Type, Kind, Pid, Message, Arguments),
    Base = #{
        pid => Pid,
        behaviour => whitebeam_kind:name(Kind),
        module => whitebeam_kind:module(Kind),
        understood => Known,
        message => {'$inspect', Message}
    },
    sent(Arguments, Base, envelope(Type, Kind, Message)).

understood(_, _, _, _, #{force_send := true}) ->
    forced;
understood(Type, Kind, Pid, Message, _) ->
    case refusal(Type, Kind, Pid, Message) of
        none when Type =:= send -> whitebeam_kind:takes(Kind, info);
        none -> yes;
        {Text, Details} -> whitebeam_arguments:fail(refused, Text, Details)
    end.

sent(#{dry_run := true}, Base, _) ->
    {ok, Base#{sent => true, dry_run => true}};
sent(#{delay_ms := Delay}, #{pid := Pid} = Base, Letter) when Delay > 0 ->
    {ok, Base#{sent => false, delay_ms => Delay, lease => later(Pid, Letter, Delay, maps:with([pid, message], Base))}};
sent(Arguments, #{pid := Pid} = Base, Letter) ->
    Place = whitebeam_fate:place(Pid),
    Monitor = monitor(process, Pid),
    Pid ! Letter,
    receive
        {'DOWN', Monitor, process, _, noproc} ->
            whitebeam_arguments:fail(gone, <<"the process ended before the message was sent">>);
        {'DOWN', Monitor, process, _, Reason} ->
            {ok, maps:merge(Base#{sent => true}, whitebeam_fate:ended({Pid, Place}, Reason, ?RESTART_MS))}
    after maps:get(wait_ms, Arguments, 0) ->
        demonitor(Monitor, [flush]),
        {ok, Base#{sent => true, ended => false, queue_length => queue_length(Pid)}}
    end.

queue_length(Pid) ->
    case erlang:process_info(Pid, message_queue_len) of
        {message_queue_len, Length} -> Length;
        undefined -> undefined
    end.

%% A lease that is ended before its time sends nothing. Answers its id.
later(Pid, Letter, Delay, About) ->
    {Lease, sent_later} = whitebeam_leases:hold(message, make_ref(), About, Delay, fun() ->
        _ = monitor(process, Pid),
        Due = erlang:monotonic_time(millisecond) + Delay,
        Send = fun() -> erlang:monotonic_time(millisecond) >= Due andalso (Pid ! Letter) end,
        {ok, sent_later, Send}
    end),
    Lease.

%% ---- calls ------------------------------------------------------------------------------------

call_process(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Message = message(Arguments),
    Kind = whitebeam_kind:of_process(Pid),
    may_call(Pid, Kind, Arguments),
    Base = #{pid => Pid, behaviour => whitebeam_kind:name(Kind), module => whitebeam_kind:module(Kind)},
    case Arguments of
        #{dry_run := true} ->
            {ok, Base#{dry_run => true}};
        _ ->
            Place = whitebeam_fate:place(Pid),
            Start = erlang:monotonic_time(microsecond),
            Reply = called({Pid, Place}, Kind, Message, Arguments),
            Took = erlang:monotonic_time(microsecond) - Start,
            {ok, Base#{reply => {'$term', Reply}, duration_us => Took}}
    end.

may_call(Pid, Kind, Arguments) ->
    case callable(Kind) of
        none -> ok;
        {never, Text, Details} -> whitebeam_arguments:fail(refused, Text, Details);
        {_, _, _} when map_get(force_send, Arguments) =:= true -> ok;
        {unknown, Text, Details} -> whitebeam_arguments:fail(refused, Text, Details)
    end,
    whitebeam_kind:name(Kind) =:= gen_event andalso handler_of(Arguments),
    ok = whitebeam_sys:check(Pid),
    whitebeam_sys:is_suspended(Pid) andalso
        whitebeam_arguments:fail(busy, <<"the process was suspended with sys:suspend/1">>),
    ok.

%% Why a process of this kind is not called, or `none`. What is `never` cannot be forced.
-spec callable(whitebeam_kind:kind()) -> none | {never | unknown, iodata(), map()}.
callable(plain) ->
    {never, <<"it is not a process of a known behaviour, so nothing says that it answers calls">>, #{
        closest => <<"send_message">>
    }};
callable({supervisor, _}) ->
    {unknown, <<"it is a supervisor, which ends at a call that it does not know">>, #{closest => <<"which_children">>}};
callable(Kind) ->
    case whitebeam_kind:takes(Kind, call) of
        yes -> none;
        no -> {never, [<<"its module ">>, name(whitebeam_kind:module(Kind)), <<" handles no calls">>], #{}};
        unknown -> {unknown, <<"its module is not known, as of an Agent, which takes only functions">>, #{}}
    end.

%% The reply goes to an alias, so that one which comes too late is dropped.
called({Pid, _} = Who, {gen_event, _}, Message, Arguments) ->
    try gen_event:call(Pid, handler_of(Arguments), Message, timeout(Arguments)) of
        {error, bad_module} ->
            Text = <<"no such handler is installed in it">>,
            whitebeam_arguments:fail(not_found, Text, #{field => <<"handler">>});
        {error, {'EXIT', Reason}} ->
            Details = #{reason => whitebeam_reason:text(Reason), fate => <<"the handler was removed; the process lives">>},
            whitebeam_arguments:fail(crashed, <<"the handler failed at the call">>, Details);
        Reply ->
            Reply
    catch
        exit:{Reason, _} -> failed(Reason, Who, Arguments)
    end;
called({Pid, _} = Who, _, Message, Arguments) ->
    try
        gen_server:call(Pid, Message, timeout(Arguments))
    catch
        exit:{Reason, _} -> failed(Reason, Who, Arguments)
    end.

handler_of(#{handler := Name}) ->
    whitebeam_arguments:atom(Name);
handler_of(_) ->
    Text = <<"a gen_event is called through one of its handlers; name its module">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"handler">>}).

timeout(Arguments) ->
    maps:get(timeout_ms, Arguments, ?CALL_MS).

-spec failed(term(), {pid(), term()}, map()) -> no_return().
failed(timeout, {Pid, _}, Arguments) ->
    Details = #{timeout_ms => timeout(Arguments), queue_length => queue_length(Pid)},
    Text = <<"it did not reply in time; it may still handle the call, but its reply will be dropped">>,
    whitebeam_arguments:fail(timeout, Text, maps:filter(fun(_, Value) -> Value =/= undefined end, Details));
failed(noproc, _, _) ->
    whitebeam_arguments:fail(gone, <<"the process ended before the call">>);
failed(Reason, {Pid, _} = Who, _) ->
    Fate = whitebeam_fate:ended(Who, Reason, ?RESTART_MS),
    Details = maps:merge(#{pid => whitebeam_arguments:pid_text(Pid), reason => whitebeam_reason:text(Reason)}, fate(Fate)),
    whitebeam_arguments:fail(crashed, <<"it ended while it handled the call">>, Details).

fate(#{restarted_as := New}) when is_pid(New) ->
    #{fate => <<"its supervisor restarted it">>, restarted_as => whitebeam_arguments:pid_text(New)};
fate(#{supervisor_ended := Supervisor}) ->
    #{fate => <<"its supervisor ended too">>, supervisor => whitebeam_arguments:pid_text(Supervisor)};
fate(#{restart_known := false}) ->
    #{fate => <<"whether its supervisor restarted it is not known yet">>};
fate(#{supervisor := Supervisor}) ->
    #{fate => <<"its supervisor did not restart it">>, supervisor => whitebeam_arguments:pid_text(Supervisor)};
fate(_) ->
    #{fate => <<"no supervisor restarts it">>}.
