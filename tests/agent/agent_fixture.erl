%% What the agent's tests share: a runner of functions that end in _test (eunit's form, but not every
%% erl comes with eunit), a daemon's side of the agent, and what a node looks like.
-module(agent_fixture).

-export([run_tests/2, eventually/1, modules/0, with_agent/1, operate/3, argument/1, term/1]).
-export([start_agent/1, stop_agent/2, gone/1, ask/3, ask/4]).
-export([snapshot/0, is_ours/1, idle/0]).

%% Runs the module's tests and ends the VM.
run_tests(Module, What) ->
    ok = logger:set_primary_config(level, none), % what dies here dies on purpose
    Tests = [Name || {Name, 0} <- Module:module_info(exports), is_test(atom_to_list(Name))],
    Failed = [Name || Name <- lists:sort(Tests), not passes(Module, Name)],
    io:format("~b tests of ~s on OTP ~s, ~b failed~n", [
        length(Tests), What, erlang:system_info(otp_release), length(Failed)
    ]),
    halt(min(1, length(Failed))).

is_test(Name) ->
    lists:suffix("_test", Name).

passes(Module, Name) ->
    {Pid, Monitor} = spawn_monitor(fun() -> Module:Name(), exit(done) end),
    receive
        {'DOWN', Monitor, process, Pid, done} ->
            io:format("pass  ~s~n", [Name]),
            true;
        {'DOWN', Monitor, process, Pid, Reason} ->
            io:format("FAIL  ~s~n~tp~n", [Name, Reason]),
            false
    after 30000 ->
        io:format("FAIL  ~s~n~tp~n", [Name, process_info(Pid, current_stacktrace)]),
        exit(Pid, kill),
        false
    end.

%% Polls until the fun is true.
eventually(Fun) ->
    eventually(Fun, erlang:monotonic_time(millisecond) + 10000).

eventually(Fun, End) ->
    case Fun() of
        true -> ok;
        false ->
            true = erlang:monotonic_time(millisecond) < End,
            receive after 10 -> ok end,
            eventually(Fun, End)
    end.

%% The agent's modules, as they are on the code path.
modules() ->
    Beams = filelib:wildcard(filename:join(filename:dirname(code:which(whitebeam_keeper)), "*.beam")),
    [list_to_atom(filename:basename(Beam, ".beam")) || Beam <- lists:sort(Beams)].

%% ---- the daemon's side ------------------------------------------------------------------------

start_agent(Modules) ->
    {ok, Guard, Hello} = whitebeam_agent:start(self(), Modules),
    {Guard, Hello}.

%% Detaches and waits until no trace is left.
stop_agent(Guard, Modules) ->
    Guard ! detach,
    receive detached -> ok after 5000 -> exit(not_detached) end,
    eventually(fun() -> gone(Modules) end).

%% Runs Test with an agent, then detaches it and waits until no trace of it is left.
with_agent(Test) ->
    {Guard, _} = start_agent(modules()),
    Test(Guard),
    stop_agent(Guard, modules()).

%% An operation of whitebeam_operate: {ok, Answer} or {error, {Code, Text, Details}}.
operate(Guard, Name, Arguments) ->
    {Word, Answer, []} = ask(Guard, operate, [Name, Arguments], 10000),
    {Word, Answer}.

%% A process, and a term, as the daemon sends them.
argument(Pid) ->
    [_, Id, Serial] = [list_to_integer(N) || N <- string:tokens(pid_to_list(Pid), "<.>")],
    {pid, Id, Serial}.

term(Term) ->
    {term, [], term_to_binary(Term)}.

%% Whether no trace of the agent is left.
gone(Modules) ->
    whereis(whitebeam_keeper) =:= undefined andalso
        not lists:any(fun(M) -> code:is_loaded(M) =/= false end, Modules) andalso
        not lists:any(fun erlang:check_old_code/1, Modules).

ask(Guard, Function, Args) ->
    ask(Guard, Function, Args, 5000).

%% {ok | error, Term, Parts}
ask(Guard, Function, Args, Deadline) ->
    Id = erlang:unique_integer([positive]),
    Guard ! {request, Id, Deadline, Function, Args},
    answer(Id, []).

answer(Id, Parts) ->
    receive
        {part, Id, From, Part} ->
            From ! {credit, 1},
            answer(Id, [Part | Parts]);
        {reply, Id, Word, Term} ->
            {Word, Term, lists:reverse(Parts)}
    after 10000 -> exit(no_answer)
    end.

%% ---- the node ---------------------------------------------------------------------------------

%% What must be as it was when the agent has left.
snapshot() ->
    #{
        processes => lists:sort(processes()) -- [self()],
        registered => lists:sort(registered()),
        tables => length(ets:all()),
        handlers => logger:get_handler_ids(),
        primary => logger:get_primary_config(),
        ports => erlang:system_info(port_count),
        loaded => [M || {M, _} <- code:all_loaded(), is_ours(M)]
    }.

is_ours(Name) ->
    lists:prefix("whitebeam", atom_to_list(Name)).

idle() ->
    spawn(fun() -> receive stop -> ok end end).
