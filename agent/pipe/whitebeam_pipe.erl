%% The VM's end of the pipe to the daemon that started it: `erl … -s whitebeam_pipe start`, with
%% descriptors 3 (from the daemon) and 4 (to it). It is part of a sandbox, never of a node that
%% somebody else runs.
%%
%% One process stands for the daemon. What others send to its pid goes to the daemon as it is; what
%% the daemon says is done here:
%%   daemon to VM    {send, Pid, Message} | {send, Name :: atom, Message}
%%   VM to daemon    {hello, Pid, Node} first, then any Message
%% When the daemon is gone, or this process ends for any reason, so does the VM.
-module(whitebeam_pipe).

-export([start/0]).

%% Connects this VM to the daemon. Cost: two processes; the mailbox of the one that stands for the
%% daemon holds what the agent has sent and the daemon has not yet taken, which the agent bounds by
%% its credit window. While the pipe is full this process is suspended, and nobody else.
-spec start() -> pid().
start() ->
    spawn(fun watch/0).

%% A closed port leaves the descriptors open: if the other process were killed, the daemon would see
%% nothing of it.
watch() ->
    Options = [monitor, {priority, high}, {message_queue_data, off_heap}],
    {_, Monitor} = spawn_opt(fun connect/0, Options),
    receive
        {'DOWN', Monitor, process, _, _} -> halt_now()
    end.

connect() ->
    try
        process_flag(trap_exit, true),
        %% Without `eof` a port that only reads to the end would close silently.
        Port = open_port({fd, 3, 4}, [{packet, 4}, binary, eof]),
        transmit(Port, {hello, self(), node()}),
        loop(Port)
    after
        halt_now()
    end.

%% Not flushed: nobody reads any more, and halting would wait for it.
halt_now() ->
    erlang:halt(0, [{flush, false}]).

loop(Port) ->
    receive
        {Port, {data, Bytes}} ->
            %% Not `safe`: the daemon made this VM, and must be able to name modules and functions
            %% that are not loaded yet. It is the VM that is not trusted, never the daemon.
            deliver(binary_to_term(Bytes)),
            loop(Port);
        {Port, eof} ->
            ok;
        {'EXIT', Port, _} ->
            ok;
        Message ->
            transmit(Port, Message),
            loop(Port)
    end.

deliver({send, To, Message}) ->
    try To ! Message of
        _ -> ok
    catch
        %% As between nodes: what is sent to a name that nobody has is lost.
        error:badarg -> ok
    end.

transmit(Port, Message) ->
    true = port_command(Port, term_to_binary(Message)).
