%% Operations that read one process: what the runtime knows of it. Nothing here copies a mailbox, and
%% the dictionary and the stack are read only of processes below a limit of memory.
-module(whitebeam_info).

-export([handler/1, dictionary/1]).

-define(QUEUE, 10000).
-define(MEMORY, 4194304). % bytes of a process whose dictionary or binaries are read
-define(ENTRIES, 200).

%% Keys that anybody may ask for. `messages` is none of them, and the dictionary and the stack have
%% operations of their own.
-define(KEYS, [
    registered_name, initial_call, status, message_queue_len, message_queue_data, trap_exit, priority,
    group_leader, parent, heap_size, total_heap_size, stack_size, memory, reductions, min_heap_size,
    fullsweep_after, garbage_collection, current_function, current_location, links, monitors,
    monitored_by, error_handler, catchlevel, label, suspending, max_heap_size, async_dist,
    priority_messages
]).
%% Those that the runtime answers without a signal to the process.
-define(CHEAP, [
    registered_name, initial_call, status, message_queue_len, message_queue_data, trap_exit, priority,
    group_leader, parent, heap_size, stack_size, reductions, error_handler, catchlevel,
    fullsweep_after, min_heap_size, garbage_collection
]).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(get_process_info) -> fun get_process_info/1;
handler(get_process_dictionary) -> fun get_process_dictionary/1;
handler(get_process_memory_info) -> fun get_process_memory_info/1;
handler(get_process_links) -> fun get_process_links/1;
handler(get_process_monitors) -> fun get_process_monitors/1;
handler(get_process_trap_exit) -> fun get_process_trap_exit/1;
handler(get_process_registered_name) -> fun get_process_registered_name/1;
handler(get_process_group_leader) -> fun get_process_group_leader/1;
handler(_) -> undefined.

%% One key or several. Throws `gone`; a process with a long queue answers no signal soon.
value(Pid, Key) when is_atom(Key) ->
    case erlang:process_info(Pid, Key) of
        {Key, Value} -> Value;
        [] -> undefined; % registered_name of a process without one
        undefined -> whitebeam_arguments:fail(gone, <<"the process is not alive">>)
    end;
value(Pid, Keys) ->
    case erlang:process_info(Pid, Keys) of
        undefined -> whitebeam_arguments:fail(gone, <<"the process is not alive">>);
        Values -> maps:from_list(Values)
    end.

idle(Pid) ->
    case value(Pid, [message_queue_len, status]) of
        #{message_queue_len := Queue} when Queue > ?QUEUE ->
            Details = #{queue_length => Queue, limit => ?QUEUE},
            whitebeam_arguments:fail(queue, <<"too many messages wait before the question">>, Details);
        _ -> ok
    end.

small(Pid, What) ->
    case value(Pid, memory) of
        Memory when Memory > ?MEMORY ->
            Text = [<<"the process is too large for its ">>, What, <<" to be read">>],
            whitebeam_arguments:fail(too_large, Text, #{size => Memory, limit => ?MEMORY});
        Memory -> Memory
    end.

%% ---- all keys ---------------------------------------------------------------------------------

%% Values of the keys asked for, all without `keys`. Cost: a signal, two with a label.
get_process_info(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Asked = [key(Key) || Key <- maps:get(keys, Arguments, ?KEYS)],
    Asked -- ?CHEAP =:= [] orelse idle(Pid),
    Known = [Key || Key <- Asked, is_known(Key)],
    Values = value(Pid, Known),
    Shown = maps:map(fun shown/2, Values),
    Unsupported = [Key || Key <- Asked -- Known, is_map_key(keys, Arguments)],
    {ok, Shown#{pid => Pid, unsupported => Unsupported}}.

key(Key) when is_atom(Key) ->
    lists:member(Key, ?KEYS) orelse bad_key(atom_to_binary(Key)),
    Key;
key(Text) ->
    case [Key || Key <- ?KEYS, atom_to_binary(Key) =:= Text] of
        [Key] -> Key;
        [] -> bad_key(Text)
    end.

-spec bad_key(binary()) -> no_return().
bad_key(Text) ->
    Known = [atom_to_binary(Key) || Key <- ?KEYS],
    Details = #{field => <<"keys">>, allowed => Known},
    whitebeam_arguments:fail(invalid, [<<"there is no key ">>, Text, <<" that can be asked for">>], Details).

is_known(Key) ->
    try erlang:process_info(self(), Key) of
        _ -> true
    catch
        error:badarg -> false
    end.

shown(registered_name, []) -> undefined;
shown(Key, {_, _, _} = Function) when Key =:= initial_call; Key =:= current_function -> mfa(Function);
shown(current_function, _) -> undefined;
shown(current_location, {_, _, _, _} = Frame) -> frame(Frame);
shown(current_location, _) -> undefined;
shown(parent, Pid) when is_pid(Pid) -> whitebeam_bounds:brief(Pid);
shown(group_leader, Pid) -> whitebeam_bounds:brief(Pid);
shown(Key, List) when Key =:= links; Key =:= monitored_by -> entries([whitebeam_bounds:other(One) || One <- List]);
shown(monitors, List) -> entries([whitebeam_bounds:other(One) || {_, One} <- List]);
shown(garbage_collection, List) -> maps:from_list([Pair || {_, Value} = Pair <- List, is_integer(Value)]);
shown(max_heap_size, Map) when is_map(Map) -> Map;
shown(suspending, List) -> entries([#{pid => Pid, times => Times} || {Pid, Times, _} <- List]);
shown(label, Label) -> {'$term', whitebeam_trim:trim(Label)};
shown(_, Value) when is_atom(Value); is_number(Value) -> Value;
shown(_, Value) -> {'$inspect', whitebeam_trim:trim(Value)}.

entries(List) ->
    whitebeam_bounds:cut(entries, List).

%% A function as answers show it.
mfa({M, F, A}) -> {'$mfa', M, F, A}.

frame({M, F, A, Location}) ->
    #{function => mfa({M, F, A}), file => file(Location), line => proplists:get_value(line, Location)}.

file(Location) ->
    case unicode:characters_to_binary(proplists:get_value(file, Location, "")) of
        File when is_binary(File), File =/= <<>> -> File;
        _ -> undefined
    end.

%% ---- the dictionary ---------------------------------------------------------------------------

get_process_dictionary(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    ok = idle(Pid),
    _ = small(Pid, <<"dictionary">>),
    Entries = value(Pid, dictionary),
    Shown = [{whitebeam_trim:trim(Key), bounded(Value)} || {Key, Value} <- lists:sublist(Entries, ?ENTRIES)],
    {ok, #{
        pid => Pid,
        dictionary => {'$term', Shown},
        total => length(Entries),
        left_out => max(0, length(Entries) - ?ENTRIES),
        hidden => Entries =:= [] andalso is_sensitive(Pid)
    }}.

bounded(Value) ->
    case erts_debug:flat_size(Value) of
        Words when Words > 2000 -> whitebeam_trim:trim(Value);
        _ -> Value
    end.

%% Every process that proc_lib starts has a dictionary; one that shows none has called
%% process_flag(sensitive, true).
is_sensitive(Pid) ->
    value(Pid, initial_call) =:= {proc_lib, init_p, 5}.

%% The dictionary for those who look for a single key; empty where the process is too large.
-spec dictionary(pid()) -> [{term(), term()}].
dictionary(Pid) ->
    case erlang:process_info(Pid, [memory, message_queue_len]) of
        [{_, Memory}, {_, Queue}] when Memory =< ?MEMORY, Queue =< ?QUEUE ->
            case erlang:process_info(Pid, dictionary) of
                {dictionary, Entries} -> Entries;
                undefined -> []
            end;
        _ -> []
    end.

%% ---- memory -----------------------------------------------------------------------------------

%% Heap, stack, queue and binaries. Cost: a signal, and a list of the binaries that the process refers
%% to, if it is not too large.
get_process_memory_info(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    ok = idle(Pid),
    Values = value(Pid, [
        memory, heap_size, total_heap_size, stack_size, message_queue_len, message_queue_data,
        garbage_collection, garbage_collection_info
    ]),
    #{memory := Memory, garbage_collection := Collection, garbage_collection_info := Info} = Values,
    Plain = maps:without([garbage_collection, garbage_collection_info], Values),
    {ok, Plain#{
        pid => Pid,
        word_bytes => erlang:system_info(wordsize),
        garbage_collection => shown(garbage_collection, Collection),
        heap => maps:from_list(Info),
        binaries => binaries(Pid, Memory)
    }}.

binaries(_, Memory) when Memory > ?MEMORY ->
    undefined;
binaries(Pid, _) ->
    Found = lists:usort(value(Pid, binary)),
    Sizes = lists:reverse(lists:sort([{Size, References} || {_, Size, References} <- Found])),
    #{
        count => length(Sizes),
        bytes => lists:sum([Size || {Size, _} <- Sizes]),
        only_here => length([1 || {_, 1} <- Sizes]),
        largest => [#{bytes => Size, references => References} || {Size, References} <- lists:sublist(Sizes, 10)]
    }.

%% ---- relations --------------------------------------------------------------------------------

get_process_links(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    ok = idle(Pid),
    Links = lists:sort(value(Pid, links)),
    Answer = whitebeam_bounds:cut(links, [whitebeam_bounds:other(Link) || Link <- Links]),
    {ok, Answer#{
        pid => Pid,
        processes => length([1 || Link <- Links, is_pid(Link)]),
        ports => length([1 || Link <- Links, is_port(Link)])
    }}.

get_process_monitors(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    ok = idle(Pid),
    #{monitors := Monitors, monitored_by := By} = value(Pid, [monitors, monitored_by]),
    Watched = whitebeam_bounds:cut(entries, [whitebeam_bounds:other(One) || {_, One} <- lists:sort(Monitors)]),
    Watchers = whitebeam_bounds:cut(entries, [watcher(One) || One <- lists:sort(By)]),
    {ok, #{pid => Pid, monitors => Watched, monitored_by => Watchers}}.

%% The runtime's own code may monitor too; that is shown as a reference.
watcher(One) when is_reference(One) -> #{runtime => true};
watcher(One) -> whitebeam_bounds:other(One).

get_process_trap_exit(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    {ok, #{pid => Pid, trap_exit => value(Pid, trap_exit)}}.

get_process_registered_name(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    {ok, #{
        pid => Pid,
        registered_name => value(Pid, registered_name),
        global_names => [{'$inspect', Name} || Name <- global_names(Pid)]
    }}.

%% Read from the table in which the global name server keeps the names that each process has.
global_names(Pid) ->
    try ets:lookup(global_pid_names, Pid) of
        Rows -> [Name || {_, Name} <- Rows]
    catch
        error:badarg -> []
    end.

get_process_group_leader(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    Leader = value(Pid, group_leader),
    Applications = lists:append(ets:match(ac_tab, {{application_master, '$1'}, Leader})),
    {ok, #{
        pid => Pid,
        group_leader => whitebeam_bounds:brief(Leader),
        application => case Applications of [Name] -> Name; [] -> undefined end
    }}.
