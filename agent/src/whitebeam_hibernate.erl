%% Hibernation of another process: its garbage is collected, its heap shrinks to what it needs, and it waits
%% for a message. Only a process can do that to itself, so a function that runs inside it does it.
%%
%% From OTP 28 on, erlang:hibernate/0 keeps the stack, so any process of a behaviour can be asked to
%% call it. Before, erlang:hibernate/3 throws the stack away, and the process must enter its loop
%% anew: a gen_server can, with gen_server:enter_loop/5, if nothing is lost that only its old loop knew.
-module(whitebeam_hibernate).

-export([handler/1, is_hibernating/1]).

-define(TIMEOUT_MS, 1000).
-define(STEP_MS, 5).
-define(LOOKS, 5).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(hibernate_process) -> fun hibernate_process/1;
handler(_) -> undefined.

%% From OTP 28 on, a process that hibernates shows the function that called erlang:hibernate/0. Behaviours
%% do so in functions of these names; erl_eval waits nowhere but in the function of in_place/0.
-spec is_hibernating(pid()) -> boolean().
is_hibernating(Pid) ->
    case erlang:process_info(Pid, [current_function, status]) of
        [{_, {erlang, hibernate, _}}, _] -> true;
        [{_, {_, loop_hibernate, _}}, {_, waiting}] -> true;
        [{_, {sys, suspend_loop_hib, _}}, {_, waiting}] -> true;
        [{_, {erl_eval, _, _}}, {_, waiting}] -> true;
        _ -> false
    end.

hibernate_process(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    is_hibernating(Pid) andalso whitebeam_arguments:fail(conflict, <<"it hibernates already">>),
    Timeout = maps:get(timeout_ms, Arguments, ?TIMEOUT_MS),
    Question = question(Pid, Timeout),
    Before = memory(Pid),
    case Arguments of
        #{dry_run := true} ->
            {ok, #{pid => Pid, hibernates => true, before_bytes => Before, dry_run => true}};
        _ ->
            Pid ! {system, {self(), make_ref()}, {replace_state, Question}},
            {ok, #{
                pid => Pid,
                hibernates => hibernates(Pid, erlang:monotonic_time(millisecond) + Timeout),
                before_bytes => Before,
                after_bytes => memory(Pid)
            }}
    end.

memory(Pid) ->
    case erlang:process_info(Pid, memory) of
        {memory, Bytes} -> Bytes;
        undefined -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    end.

%% A message that comes at once wakes it at once: then this is false.
hibernates(Pid, Until) ->
    case is_hibernating(Pid) of
        true ->
            true;
        false ->
            case erlang:monotonic_time(millisecond) < Until andalso is_process_alive(Pid) of
                true -> receive after ?STEP_MS -> hibernates(Pid, Until) end;
                false -> false
            end
    end.

%% The function to run inside, or a refusal.
question(Pid, Timeout) ->
    try
        ok = whitebeam_sys:check(Pid)
    catch
        throw:{error, {not_sys, _, _}} ->
            refuse(<<"only the process itself can do that, and it is not of a behaviour that could be asked to">>)
    end,
    case erlang:function_exported(erlang, hibernate, 0) of
        true -> in_place();
        false -> anew(Pid, Timeout)
    end.

-spec refuse(iodata()) -> no_return().
refuse(Text) ->
    whitebeam_arguments:fail(refused, Text, #{closest => <<"garbage_collect_process">>}).

%% The process stays within the function until it wakes, perhaps long after we have left: it must not be
%% made of our code, so it is one that erl_eval runs: fun(State) -> erlang:hibernate(), State end.
in_place() ->
    Call = {call, 1, {remote, 1, {atom, 1, erlang}, {atom, 1, hibernate}}, []},
    Clause = {clause, 1, [{var, 1, 'State'}], [], [Call, {var, 1, 'State'}]},
    {value, Fun, _} = erl_eval:expr({'fun', 1, {clauses, [Clause]}}, []),
    Fun.

%% ---- before OTP 28 ----------------------------------------------------------------------------

anew(Pid, Timeout) ->
    case whitebeam_kind:of_process(Pid) of
        {gen_server, Module} when Module =/= undefined ->
            Name = checked(Pid, Timeout),
            fun(State) -> gen_server:enter_loop(Module, [], State, Name, hibernate) end;
        _ ->
            refuse(<<"before OTP 28 only a gen_server whose module is known can be made to hibernate from outside">>)
    end.

%% What enter_loop/5 sets up must be what is there: no debug functions, the parent that it finds by
%% itself, no timeout and no hibernate_after (both show as integers among the variables of the loop, and as
%% infinity where there is none), and the name. Answers the name.
checked(Pid, Timeout) ->
    {Parent, Debug} = status(Pid, Timeout),
    Debug =:= [] orelse refuse(<<"it is being traced with sys, which would be lost">>),
    parent(Pid) =:= Parent orelse refuse(<<"it was not started by its parent in the usual way">>),
    Variables = settled(Pid, ?LOOKS),
    waits_for_ever(Variables) orelse refuse(<<"it waits with a timeout, or hibernates by itself after one">>),
    named(Pid, Variables).

%% It has just answered, and may be on the way back to where it waits.
settled(Pid, Looks) ->
    Variables = variables(erlang:process_info(Pid, [current_function, backtrace])),
    case waits_for_ever(Variables) of
        false when Looks > 1 ->
            receive after ?STEP_MS -> settled(Pid, Looks - 1) end;
        false when Variables =:= [] ->
            whitebeam_arguments:fail(busy, <<"the process does not wait for a message">>);
        _ ->
            Variables
    end.

waits_for_ever(Variables) ->
    lists:member(<<"infinity">>, Variables) andalso not lists:any(fun is_integer_text/1, Variables).

status(Pid, Timeout) ->
    try sys:get_status(Pid, Timeout) of
        {status, _, _, [_, running, Parent, Debug, _]} -> {Parent, Debug};
        _ -> refuse(<<"it is suspended">>)
    catch
        exit:_ -> whitebeam_arguments:fail(busy, <<"the process did not answer in time">>)
    end.

%% What gen:get_parent/0 will find.
parent(Pid) ->
    {dictionary, Dictionary} = erlang:process_info(Pid, dictionary),
    case lists:keyfind('$ancestors', 1, Dictionary) of
        {_, [Parent | _]} when is_pid(Parent) -> Parent;
        {_, [Name | _]} when is_atom(Name) -> whereis(Name);
        _ -> undefined
    end.

%% The texts of what the waiting loop keeps on its stack, printed as "y(1)     infinity".
variables([{_, {gen_server, loop, _}}, {_, Text}]) ->
    Lines = tl(binary:split(Text, <<"\n">>, [global])),
    [string:trim(lists:last(binary:split(Line, <<")">>))) || Line <- lists:takewhile(fun is_variable/1, Lines)];
variables(_) ->
    [].

is_variable(Line) ->
    string:prefix(Line, "y(") =/= nomatch.

is_integer_text(Text) ->
    re:run(Text, "^-?[0-9]+$", [{capture, none}]) =:= match.

named(Pid, Variables) ->
    Name =
        case erlang:process_info(Pid, registered_name) of
            {registered_name, Atom} -> {local, Atom};
            _ -> Pid
        end,
    Printed =
        case Name of
            {local, Known} -> iolist_to_binary(io_lib:format("~tw", [Known]));
            _ -> list_to_binary(pid_to_list(Pid))
        end,
    lists:member(Printed, Variables) orelse refuse(<<"it is registered under a name that its loop does not know">>),
    Name.
