%% One process: details, names, exit signals.
-module(whitebeam_process).

-export([details/1, exit_signal/1, whereis_name/1, find_pid/1, initial_call/1, initial_call/2]).
-export([protection/1, notes_call/2]).

-define(CHEAP, [
    registered_name, initial_call, status, message_queue_len, heap_size, stack_size, reductions,
    trap_exit, priority, group_leader, garbage_collection, message_queue_data, parent
]).
-define(MEMORY_FOR_DICTIONARY, 1048576).
%% Processes that a node cannot do without, wherever they stand.
-define(RUNTIME, [
    init, erl_prim_loader, application_controller, code_server, kernel_sup, logger, user, user_drv,
    user_drv_reader, user_drv_writer, standard_error, net_kernel, rex, erts_code_purger
]).

%% The pid of a registered name. Cost: a look-up.
-spec whereis_name([binary()]) -> {ok, pid() | undefined}.
whereis_name([Name]) ->
    try binary_to_existing_atom(Name, utf8) of
        Atom ->
            case whereis(Atom) of
                Pid when is_pid(Pid) -> {ok, Pid};
                _ -> {ok, undefined}
            end
    catch
        error:badarg -> {ok, undefined}
    end.

%% The pid with these two numbers if such a process is alive. Numbers that no pid of this release can
%% have must never be sent as a pid: the runtime would end the connection.
-spec find_pid([non_neg_integer()]) -> {ok, pid() | undefined}.
find_pid([Id, Serial]) ->
    Text = "<0." ++ integer_to_list(Id) ++ "." ++ integer_to_list(Serial) ++ ">",
    try list_to_pid(Text) of
        Pid ->
            case is_process_alive(Pid) of
                true -> {ok, Pid};
                false -> {ok, undefined}
            end
    catch
        error:badarg -> {ok, undefined}
    end.

%% Details of a process with the parts that Include names: links, monitors, dictionary, stack_trace.
%% Cost: one signal, and a copy of what is asked for. The dictionary is left out (`too_large`) when
%% the process has more memory than the limit, messages over MaxQueue keep memory unread.
-spec details([term()]) -> {ok, map()} | {error, tuple()}.
details([Pid, Include, MaxQueue]) ->
    case erlang:process_info(Pid, ?CHEAP) of
        undefined ->
            {error, {gone, <<"the process is not alive">>, []}};
        Cheap ->
            Queue = proplists:get_value(message_queue_len, Cheap),
            with_signals(Pid, maps:from_list(Cheap), Include, Queue =< MaxQueue)
    end.

with_signals(_, Details, _, false) ->
    {ok, Details#{memory => unknown}};
with_signals(Pid, Details, Include, true) ->
    case erlang:process_info(Pid, signal_keys(Include)) of
        undefined ->
            {error, {gone, <<"the process is not alive">>, []}};
        Values ->
            All = maps:merge(Details, maps:from_list(Values)),
            {ok, All#{
                dictionary => dictionary(Pid, Include, maps:get(memory, All)),
                label => label(Pid),
                '$initial_call' => initial_call(Pid)
            }}
    end.

signal_keys(Include) ->
    [memory, total_heap_size, current_function | [K || {Word, K} <- [
        {links, links},
        {monitors, monitors},
        {monitors, monitored_by},
        {stack_trace, current_stacktrace}
    ], lists:member(Word, Include)]].

dictionary(Pid, Include, Memory) ->
    case lists:member(dictionary, Include) of
        false -> undefined;
        true when Memory > ?MEMORY_FOR_DICTIONARY -> too_large;
        true ->
            case erlang:process_info(Pid, dictionary) of
                {dictionary, Dictionary} -> Dictionary;
                undefined -> undefined
            end
    end.

label(Pid) ->
    try erlang:process_info(Pid, label) of
        {label, Label} ->
            case erts_debug:flat_size(Label) > 1000 of
                true -> undefined;
                false -> Label
            end;
        _ -> undefined
    catch
        error:badarg -> undefined
    end.

%% What proc_lib noted as the function the process runs: {M, F, A}, `none`, or `unknown` where the
%% dictionary is too large to be read on this release.
-spec initial_call(pid()) -> mfa() | none | unknown.
initial_call(Pid) ->
    initial_call(Pid, ?MEMORY_FOR_DICTIONARY).

%% The same with another limit (bytes) for the memory of a process whose dictionary is read.
-spec initial_call(pid(), non_neg_integer()) -> mfa() | none | unknown.
initial_call(Pid, Limit) ->
    try erlang:process_info(Pid, {dictionary, '$initial_call'}) of
        {_, {M, F, A}} -> {M, F, A};
        _ -> none
    catch
        error:badarg -> initial_call_of_dictionary(Pid, Limit)
    end.

%% Only proc_lib notes it, so that the dictionaries of other processes are left alone: one term in it may be
%% small where it is and, copied, larger than the node.
initial_call_of_dictionary(Pid, Limit) ->
    case erlang:process_info(Pid, [initial_call, memory]) of
        undefined -> none;
        [{_, Initial}, {_, Memory}] -> initial_call_of_dictionary(Pid, notes_call(Pid, Initial), Memory =< Limit)
    end.

%% Whether a process has noted its initial call in its dictionary: proc_lib does it for all that it starts.
-spec notes_call(pid(), mfa()) -> boolean().
notes_call(_, {proc_lib, init_p, _}) -> true;
notes_call(Pid, _) -> Pid =:= whereis(application_controller).

initial_call_of_dictionary(_, false, _) -> none;
initial_call_of_dictionary(_, true, false) -> unknown;
initial_call_of_dictionary(Pid, true, true) ->
    case erlang:process_info(Pid, dictionary) of
        {dictionary, Dictionary} ->
            case lists:keyfind('$initial_call', 1, Dictionary) of
                {_, {M, F, A}} -> {M, F, A};
                _ -> none
            end;
        undefined ->
            none
    end.

%% Sends an exit signal and waits up to WaitMs for the process to end. Processes of the runtime
%% system are refused unless Force. Answers {ended, Reason} or `alive`: a process may trap exits.
-spec exit_signal([term()]) -> {ok, {ended, term()} | alive | dry_run} | {error, tuple()}.
exit_signal([Pid, ReasonText, Force, DryRun, WaitMs]) ->
    case {is_process_alive(Pid), protection(Pid), reason(ReasonText)} of
        {false, _, _} ->
            {error, {gone, <<"the process is not alive">>, []}};
        {_, Why, _} when is_binary(Why), not Force ->
            {error, {protected, Why, []}};
        {_, _, error} ->
            {error, {unknown_atom, <<"the reason is not an atom of the node">>, [ReasonText]}};
        _ when DryRun ->
            {ok, dry_run};
        {_, _, {ok, Reason}} ->
            Monitor = monitor(process, Pid),
            exit(Pid, Reason),
            receive
                {'DOWN', Monitor, process, _, Ended} ->
                    {ok, {ended, whitebeam_trim:trim(Ended)}}
            after WaitMs -> {ok, alive}
            end
    end.

reason(Text) ->
    try binary_to_existing_atom(Text, utf8) of
        Atom -> {ok, Atom}
    catch
        error:badarg -> error
    end.

%% Why a process must not be harmed, or `none`: what the runtime system started itself (its group
%% leader is init), everything below kernel_sup, a few by name, application masters, and the agent.
-spec protection(pid()) -> binary() | none.
protection(Pid) ->
    Init = whereis(init),
    Keys = [group_leader, initial_call, registered_name, current_function],
    case erlang:process_info(Pid, Keys) of
        _ when Pid =:= Init -> <<"it is init">>;
        [{_, Init} | _] -> <<"it is part of the runtime system">>;
        [_, {_, {application_master, _, _}} | _] -> <<"it is an application master">>;
        [_, _, {_, Name}, {_, {Module, _, _}}] -> protection(Pid, Name, atom_to_list(Module));
        [_, _, {_, Name}, _] -> protection(Pid, Name, "");
        undefined -> none
    end.

protection(_, whitebeam_keeper, _) ->
    <<"it is Whitebeam's own agent">>;
protection(_, _, "application_master") ->
    <<"it is an application master">>;
protection(_, _, "whitebeam_" ++ _) ->
    <<"it is Whitebeam's own agent">>;
protection(_, _, Module) when Module =:= "group"; Module =:= "user_drv" ->
    <<"it is input and output of the runtime system">>;
protection(Pid, Name, _) ->
    case is_worker(Pid) of
        true -> <<"it is Whitebeam's own agent">>;
        false -> protection_of_kernel(Pid, Name)
    end.

protection_of_kernel(Pid, Name) ->
    case lists:member(Name, ?RUNTIME) orelse is_below(Pid, whereis(kernel_sup), 6) of
        true -> <<"it belongs to the application kernel">>;
        false -> none
    end.

%% A worker of the agent may be in any module; its parent is the guard, which alone of ours has a high
%% priority.
is_worker(Pid) ->
    case parent(Pid) of
        none -> false;
        Parent ->
            case erlang:process_info(Parent, [priority, current_function]) of
                [{_, high}, {_, {Module, _, _}}] -> lists:prefix("whitebeam_", atom_to_list(Module));
                _ -> false
            end
    end.

%% Whether a process, or one that it was started by, is the given one. What was started in a shell is its
%% user's, although the shell itself hangs below the kernel.
is_below(Pid, Pid, _) ->
    true;
is_below(_, _, 0) ->
    false;
is_below(Pid, Top, Steps) ->
    case parent(Pid) of
        none -> false;
        Parent -> not is_shell(Parent) andalso is_below(Parent, Top, Steps - 1)
    end.

parent(Pid) ->
    case erlang:process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =:= node() -> Parent;
        _ -> none
    end.

is_shell(Pid) ->
    case erlang:process_info(Pid, current_function) of
        {_, {Module, _, _}} ->
            lists:member(Module, [group, user_drv, shell, 'Elixir.IEx.Evaluator', 'Elixir.IEx.Server']);
        _ ->
            false
    end.
