%% What can be changed about a process without ending or stopping it: priority, scheduler, garbage;
%% waking it; and where it is in its code. The runtime lets only the process itself change its flags, so that
%% is done by a function that runs inside it, which only a process of a behaviour can be asked for.
-module(whitebeam_control_process).

-export([handler/1, collected/3]).

-define(TIMEOUT_MS, 1000).
-define(GC_MS, 5000).
%% A longer stack (in words) is not printed: its text would be some megabytes.
-define(STACK, 100000).
-define(FRAMES, 500).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(set_process_priority) -> fun set_process_priority/1;
handler(pin_process_to_scheduler) -> fun pin_process_to_scheduler/1;
handler(unpin_process_from_scheduler) -> fun unpin_process_from_scheduler/1;
handler(migrate_process) -> fun migrate_process/1;
handler(garbage_collect_process) -> fun garbage_collect_process/1;
handler(compact_process_heap) -> fun compact_process_heap/1;
handler(wake_process) -> fun wake_process/1;
handler(get_process_backtrace) -> fun get_process_backtrace/1;
handler(_) -> undefined.

%% Answers what Fun answers inside the process. One that takes no system messages cannot be asked.
inside(Pid, Fun, Arguments) ->
    try
        whitebeam_sys:inside(Pid, Fun, maps:get(timeout_ms, Arguments, ?TIMEOUT_MS))
    catch
        throw:{error, {not_sys, _, _}} ->
            Text = <<"only the process itself can do that, and it is not of a behaviour that could be asked to">>,
            whitebeam_arguments:fail(refused, Text)
    end.

%% ---- flags ------------------------------------------------------------------------------------

%% max is refused: such a process can stop all others.
set_process_priority(#{pid := Process, priority := Priority} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    lists:member(Priority, [low, normal, high]) orelse
        whitebeam_arguments:fail(refused, <<"only low, normal and high can be set">>, #{field => <<"priority">>}),
    {priority, Before} = info(Pid, priority),
    Base = #{pid => Pid, before => Before},
    case Arguments of
        #{dry_run := true} ->
            inside(Pid, fun(_) -> {answer, ok} end, Arguments),
            {ok, Base#{priority => Priority, dry_run => true}};
        _ ->
            inside(Pid, fun(_) -> {answer, process_flag(priority, Priority)} end, Arguments),
            {priority, Now} = info(Pid, priority),
            {ok, Base#{priority => Now}}
    end.

info(Pid, Item) ->
    case erlang:process_info(Pid, Item) of
        undefined -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>);
        Value -> Value
    end.

%% The flag scheduler is not documented; what it did is seen by the scheduler that runs the process next.
pin_process_to_scheduler(#{scheduler := Number} = Arguments) ->
    Online = erlang:system_info(schedulers_online),
    Number >= 1 andalso Number =< Online orelse
        whitebeam_arguments:fail(
            invalid,
            io_lib:format("this node has the schedulers 1 to ~b", [Online]),
            #{field => <<"scheduler">>, limit => Online}
        ),
    bind(Number, Arguments).

unpin_process_from_scheduler(Arguments) ->
    bind(0, Arguments).

%% Moves the process now, and leaves the runtime free to move it on.
migrate_process(Arguments) ->
    case pin_process_to_scheduler(Arguments) of
        {ok, #{dry_run := true} = Answer} ->
            {ok, Answer#{pinned => false}};
        {ok, #{scheduler := Scheduler, before := Before}} ->
            {ok, #{pid := Pid} = Answer} = bind(0, Arguments),
            {ok, Answer#{pid => Pid, scheduler => Scheduler, before => Before}}
    end.

bind(Number, #{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Change =
        case Arguments of
            #{dry_run := true} -> fun(_) -> {answer, here(keep)} end;
            _ -> fun(_) -> {answer, here(Number)} end
        end,
    case inside(Pid, Change, Arguments) of
        unsupported ->
            whitebeam_arguments:fail(unsupported, <<"this runtime cannot bind processes to schedulers">>);
        {Before, kept, _} ->
            {ok, #{pid => Pid, before => Before, scheduler => wanted(Number), pinned => Number > 0, dry_run => true}};
        {Before, WasBound, Now} ->
            {ok, #{pid => Pid, before => Before, scheduler => Now, pinned => Number > 0, was_pinned => WasBound > 0}}
    end.

wanted(0) -> undefined;
wanted(Number) -> Number.

%% Inside the process: where it ran before, what it was bound to, and where it runs now.
here(keep) ->
    {erlang:system_info(scheduler_id), kept, undefined};
here(Number) ->
    Before = erlang:system_info(scheduler_id),
    try process_flag(scheduler, Number) of
        Bound ->
            erlang:yield(),
            {Before, Bound, erlang:system_info(scheduler_id)}
    catch
        error:badarg -> unsupported
    end.

%% ---- garbage ----------------------------------------------------------------------------------

%% Works on any process: the runtime has it collect its garbage when it is next scheduled.
garbage_collect_process(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    collected(Pid, maps:get(type, Arguments, major), Arguments).

%% The only way to make a heap of another process compact is a full collection.
compact_process_heap(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    collected(Pid, major, Arguments).

%% Has a process collect its garbage, and tells what that gave.
-spec collected(pid(), major | minor, map()) -> {ok, map()}.
collected(Pid, Type, #{dry_run := true}) ->
    {ok, #{pid => Pid, type => Type, before => sizes(Pid), dry_run => true}};
collected(Pid, Type, Arguments) ->
    Before = sizes(Pid),
    Tag = make_ref(),
    async = erlang:garbage_collect(Pid, [{async, Tag}, {type, Type}]),
    receive
        {garbage_collect, Tag, true} ->
            After = sizes(Pid),
            Freed = maps:get(memory, Before) - maps:get(memory, After),
            {ok, #{pid => Pid, type => Type, before => Before, 'after' => After, freed_bytes => Freed}};
        {garbage_collect, Tag, false} ->
            whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>)
    after maps:get(timeout_ms, Arguments, ?GC_MS) ->
        Text = <<"the process has not collected its garbage yet, but will when it is scheduled">>,
        whitebeam_arguments:fail(timeout, Text)
    end.

sizes(Pid) ->
    [{_, Memory}, {_, Total}, {_, Heap}, {_, Stack}, {_, Gc}] =
        case erlang:process_info(Pid, [memory, total_heap_size, heap_size, stack_size, garbage_collection]) of
            undefined -> whitebeam_arguments:fail(gone, <<"the process ended meanwhile">>);
            Info -> Info
        end,
    #{
        memory => Memory,
        total_heap_words => Total,
        heap_words => Heap,
        stack_words => Stack,
        minor_collections => proplists:get_value(minor_gcs, Gc, 0)
    }.

%% ---- waking -----------------------------------------------------------------------------------

%% A system message wakes a process of a behaviour and changes nothing; most hibernate again after it.
wake_process(#{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    whitebeam_hibernate:is_hibernating(Pid) orelse
        whitebeam_arguments:fail(conflict, <<"the process does not hibernate">>),
    case Arguments of
        #{dry_run := true} ->
            ok = whitebeam_sys:check(Pid),
            {ok, #{pid => Pid, woken => true, dry_run => true}};
        _ ->
            woken = inside(Pid, fun(_) -> {answer, woken} end, Arguments),
            {ok, #{pid => Pid, woken => true, hibernates_again => whitebeam_hibernate:is_hibernating(Pid)}}
    end.

%% ---- backtrace --------------------------------------------------------------------------------

%% Frames with file and line, as many as the node keeps, and all functions on the stack. These are taken
%% from what the runtime prints, of which nothing else leaves the node: it has values, and so secrets.
%% Cost: a signal to the process.
get_process_backtrace(#{pid := Process}) ->
    Pid = whitebeam_arguments:alive(Process),
    {stack_size, Words} = info(Pid, stack_size),
    {current_stacktrace, Frames} = info(Pid, current_stacktrace),
    {status, Status} = info(Pid, status),
    Base = #{pid => Pid, status => Status, stack_words => Words, frames => [frame(Frame) || Frame <- Frames]},
    case Words > ?STACK of
        true ->
            {ok, Base#{functions => [], complete => false, limit => ?STACK}};
        false ->
            {backtrace, Text} = info(Pid, backtrace),
            {ok, maps:merge(Base, printed(Text))}
    end.

frame({M, F, A, Location}) ->
    #{
        function => {'$mfa', M, F, arity(A)},
        file => text(proplists:get_value(file, Location)),
        line => proplists:get_value(line, Location)
    }.

arity(A) when is_list(A) -> length(A);
arity(A) -> A.

text(undefined) -> undefined;
text(File) -> unicode:characters_to_binary(File).

%% The functions are in lines as "0x… Return addr 0x… (module:function/1 + 123)".
printed(Text) ->
    Lines = [Line || Line <- binary:split(Text, <<"\n">>, [global]), is_frame(Line)],
    Functions = lists:append([function(Line) || Line <- Lines]),
    Cut = lists:sublist(Functions, ?FRAMES),
    #{functions => Cut, total => length(Functions), complete => length(Cut) =:= length(Functions)}.

is_frame(Line) ->
    case binary:match(Line, [<<"Program counter: ">>, <<"Return addr ">>]) of
        {0, _} -> true;
        {Before, _} -> binary:at(Line, 0) =:= $0 andalso Before < 30; % after "0x" and an address
        nomatch -> false
    end.

function(Line) ->
    case re:run(Line, "\\(([^()]+/\\d+) \\+ \\d+\\)$", [{capture, [1], binary}]) of
        {match, [Function]} -> [Function];
        nomatch -> []
    end.
