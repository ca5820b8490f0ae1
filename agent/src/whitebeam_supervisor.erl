%% What supervisors know: flags, restart budget, children.
%%
%% The answer comes from a function that runs inside the supervisor as a system message, sends what
%% is asked for and throws, so that the state stays as it is. That costs the supervisor about 1 ms
%% for 50 000 children, where sys:get_state/1 copies its whole state. Only a process whose
%% '$initial_call' proves it to be a supervisor gets a message.
-module(whitebeam_supervisor).

-export([supervisors/1, kind/1]).

-define(WINDOW, 32).
-define(CHUNK, 400).
-define(MEMORY_FOR_DICTIONARY, 268435456).
-define(QUEUE, 100).

%% Summaries, and with Children =:= true the children, of many supervisors; those that do not answer
%% within TimeoutMs are reported as busy. Parts:
%%   {supervisor, Pid, Kind, Module, Flags, Counts}
%%       Flags: {Strategy, Intensity, Period, Used, OldestSeconds, AutoShutdown}
%%       Counts: {Specs, Active, Supervisors, Workers}
%%   {children, Pid, [{Id, Child, Type, Restart, Shutdown, Significant, Module}]}
%%   {dynamic, Pid, {Id, Type, Restart, Shutdown, Significant, Module}, [Child]}
%%   {read, Pid}: all children of Pid were sent
%%   {not_supervisor, Pid}, {busy, Pid}, {gone, Pid}
-spec supervisors([term()]) -> {ok, done}.
supervisors([Pids, Children, TimeoutMs]) ->
    windows(Pids, Children, TimeoutMs, 0).

windows([], _, _, _) ->
    {ok, done};
windows(Pids, Children, TimeoutMs, Unpaid) ->
    {Now, Later} = lists:split(min(?WINDOW, length(Pids)), Pids),
    Asked = [{Pid, ask(Pid, Children)} || Pid <- Now],
    Until = erlang:monotonic_time(millisecond) + TimeoutMs,
    Next = lists:foldl(fun(One, Count) -> collect(One, Until, Count) end, Unpaid, Asked),
    windows(Later, Children, TimeoutMs, Next).

%% Sends the question. Answers a tag to wait for, or what is known without one.
ask(Pid, Children) ->
    case kind(Pid) of
        {sys, Kind} ->
            Tag = make_ref(),
            Pid ! {system, {self(), Tag}, {replace_state, question(self(), Tag, Kind, Children)}},
            {Tag, Kind};
        {call, Kind} ->
            {From, Tag} = {self(), make_ref()},
            Pid ! {'$gen_call', {From, Tag}, which_children},
            {call, Tag, Kind};
        Other ->
            Other
    end.

%% Proven kinds: {sys, Kind}, {call, Kind}, not_supervisor, busy or gone. A supervisor is large by its
%% children, not by its dictionary, so the limit for reading that is high here; it is asked only of
%% what a child spec, a first look or a user calls one.
-spec kind(pid()) -> {sys | call, atom()} | not_supervisor | busy | gone.
kind(Pid) ->
    case process_info(Pid, message_queue_len) of
        undefined -> gone;
        {message_queue_len, Length} when Length > ?QUEUE -> busy; % a question would only add to it
        _ -> initial_kind(whitebeam_process:initial_call(Pid, ?MEMORY_FOR_DICTIONARY))
    end.

initial_kind({supervisor, _, _}) -> {sys, supervisor};
initial_kind({supervisor2, _, _}) -> {sys, supervisor2};
initial_kind({ranch_conns_sup, _, _}) -> {call, ranch_conns_sup};
initial_kind(_) -> not_supervisor.

%% The function that runs inside the supervisor. A supervisor that reads it only after the agent has
%% left fails to call it, which sys catches.
question(To, Tag, Kind, Children) ->
    fun(State) ->
        %% Who asked may have given up long ago, while this waited in the queue.
        is_process_alive(To) orelse throw(Tag),
        To ! {Tag, summary, whitebeam_inside:summary(State, Kind)},
        Children andalso whitebeam_inside:send_children(To, Tag, State),
        throw(Tag)
    end.

%% ---- answers ----------------------------------------------------------------------------------

collect({Pid, {Tag, _}}, Until, Unpaid) when is_reference(Tag) ->
    answers(Pid, Tag, Until, Unpaid);
collect({Pid, {call, Tag, Kind}}, Until, Unpaid) ->
    receive
        {Tag, Children} when is_list(Children) -> listed(Pid, Kind, Children, Unpaid)
    after left(Until) -> whitebeam_agent:part({busy, Pid}, Unpaid)
    end;
collect({Pid, Word}, _, Unpaid) ->
    whitebeam_agent:part({Word, Pid}, Unpaid).

left(Until) ->
    max(0, Until - erlang:monotonic_time(millisecond)).

%% What the function sent, up to the reply of sys, which comes last.
answers(Pid, Tag, Until, Unpaid) ->
    receive
        {Tag, summary, {Kind, Module, Flags, Counts}} ->
            Part = {supervisor, Pid, Kind, Module, Flags, Counts},
            answers(Pid, Tag, Until, whitebeam_agent:part(Part, Unpaid));
        {Tag, children, Children} ->
            answers(Pid, Tag, Until, whitebeam_agent:part({children, Pid, Children}, Unpaid));
        {Tag, dynamic, Spec, Pids} ->
            answers(Pid, Tag, Until, whitebeam_agent:part({dynamic, Pid, Spec, Pids}, Unpaid));
        {Tag, _} ->
            ok = whitebeam_agent:sync(),
            whitebeam_agent:part({read, Pid}, Unpaid)
    after left(Until) ->
        Word =
            case erlang:is_process_alive(Pid) of
                true -> busy;
                false -> gone
            end,
        whitebeam_agent:part({Word, Pid}, Unpaid)
    end.

%% The answer to which_children: ids, pids, types and modules, and nothing of restarts.
listed(Pid, Kind, Children, Unpaid) ->
    Supervisors = length([1 || {_, _, supervisor, _} <- Children]),
    Size = length(Children),
    Active = length([1 || {_, Child, _, _} <- Children, is_pid(Child)]),
    Counts = {Size, Active, Supervisors, Size - Supervisors},
    Next = whitebeam_agent:part({supervisor, Pid, Kind, Kind, unknown, Counts}, Unpaid),
    Rows = [
        {whitebeam_inside:id(Id), Child, Type, unknown, unknown, false, whitebeam_inside:module(Modules)}
     || {Id, Child, Type, Modules} <- Children
    ],
    whitebeam_agent:part({read, Pid}, in_chunks(Pid, Rows, Next)).

in_chunks(_, [], Unpaid) ->
    Unpaid;
in_chunks(Pid, Rows, Unpaid) ->
    {Now, Later} = lists:split(min(?CHUNK, length(Rows)), Rows),
    in_chunks(Pid, Later, whitebeam_agent:part({children, Pid, Now}, Unpaid)).
