%% Functions that run inside a process, as a system message. Only processes that are proven to
%% understand system messages get one.
-module(whitebeam_sys).

-export([inside/3, inside/4, each/4, check/1, check/2, is_suspended/1]).

-define(QUEUE, 1000).

%% Runs Fun(State) in the process and answers what it answers: {answer, Answer} leaves the state as it
%% is, {replace, New, Answer} replaces it. A process that reads the question after the asker has
%% given up does not run it. Cost to the process: what Fun costs, and one message; for a replacement
%% also a copy of the new state, which sys sends.
%% State is what sys:get_state/1 answers; of gen_event, Fun runs for each handler, and the first answer
%% counts, see each/4. Throws not_sys, queue, busy, gone, crashed.
-spec inside(pid(), fun((term()) -> {answer, term()} | {replace, term(), term()}), non_neg_integer()) -> term().
inside(Pid, Fun, TimeoutMs) ->
    inside(Pid, Fun, TimeoutMs, ?QUEUE).

%% The same with another limit for the messages that wait; `infinity` is for a process that
%% sys:suspend/1 stopped, since that one reads system messages before all others.
-spec inside(
    pid(), fun((term()) -> {answer, term()} | {replace, term(), term()}), non_neg_integer(), pos_integer() | infinity
) -> term().
inside(Pid, Fun, TimeoutMs, MaxQueue) ->
    case each(Pid, Fun, TimeoutMs, MaxQueue) of
        {[Answer | _], _} -> Answer;
        {[], Reply} -> failed(Reply)
    end.

%% The same for all handlers of a gen_event: Fun gets {Module, Id, State} of each, and may answer `keep` as
%% well. The answers of all others, in their order, and what sys replied.
-spec each(
    pid(),
    fun((term()) -> keep | {answer, term()} | {replace, term(), term()}),
    non_neg_integer(),
    pos_integer() | infinity
) -> {[term()], term()}.
each(Pid, Fun, TimeoutMs, MaxQueue) ->
    ok = check(Pid, MaxQueue),
    Tag = monitor(process, Pid),
    Pid ! {system, {self(), Tag}, {replace_state, question(self(), Tag, Fun)}},
    {Answers, Reply} = wait(Tag, TimeoutMs, []),
    %% A state that the behaviour does not take, after the function has answered.
    lists:keymember(replaced, 1, Answers) andalso is_error(Reply) andalso failed(Reply),
    {[Answer || {_, Answer} <- Answers], Reply}.

question(To, Tag, Fun) ->
    fun(State) ->
        is_process_alive(To) orelse throw(Tag),
        case Fun(State) of
            keep ->
                throw(Tag);
            {answer, Answer} ->
                To ! {Tag, inside, {kept, Answer}},
                throw(Tag);
            {replace, New, Answer} ->
                To ! {Tag, inside, {replaced, Answer}},
                New
        end
    end.

%% The reply of sys comes last.
wait(Tag, TimeoutMs, Answers) ->
    receive
        {Tag, inside, Answer} ->
            wait(Tag, TimeoutMs, [Answer | Answers]);
        {Tag, Reply} ->
            demonitor(Tag, [flush]),
            {lists:reverse(Answers), Reply};
        {'DOWN', Tag, process, _, _} ->
            whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    after TimeoutMs ->
        demonitor(Tag, [flush]),
        whitebeam_arguments:fail(busy, <<"the process did not answer in time">>)
    end.

is_error({error, _}) -> true;
is_error(_) -> false.

-spec failed(term()) -> no_return().
failed(Reply) ->
    Text = ["what was to run inside the process failed: ", whitebeam_reason:text(Reply)],
    whitebeam_arguments:fail(crashed, Text).

%% Throws unless the process understands system messages and is idle enough to answer soon.
-spec check(pid()) -> ok.
check(Pid) ->
    check(Pid, ?QUEUE).

-spec check(pid(), pos_integer() | infinity) -> ok.
check(Pid, MaxQueue) ->
    Pid =:= whereis(auth) andalso whitebeam_arguments:fail(protected, <<"it holds the node's cookie">>),
    case erlang:process_info(Pid, [message_queue_len, status]) of
        undefined ->
            whitebeam_arguments:fail(gone, <<"the process is not alive">>);
        [{_, Queue}, _] when Queue > MaxQueue ->
            Details = #{queue_length => Queue, limit => MaxQueue},
            whitebeam_arguments:fail(queue, <<"too many messages wait before the question">>, Details);
        [_, {_, suspended}] ->
            whitebeam_arguments:fail(busy, <<"the process is suspended">>);
        _ ->
            whitebeam_state:is_proven(Pid) orelse
                whitebeam_arguments:fail(not_sys, <<"it is not a process of a known behaviour">>),
            ok
    end.

%% Whether sys:suspend/1 stopped the process: it waits in the loop of sys. One that hibernates there cannot
%% be told from others that hibernate, and counts as not suspended.
-spec is_suspended(pid()) -> boolean().
is_suspended(Pid) ->
    case erlang:process_info(Pid, current_function) of
        {_, {sys, suspend_loop, _}} -> true;
        _ -> false
    end.
