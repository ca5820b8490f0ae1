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

%% Connects this VM to the daemon. Cost: one process; its mailbox holds what the agent has sent and
%% the daemon has not yet taken, which the agent bounds by its credit window. While the pipe is full
%% this process is suspended, and nobody else.
-spec start() -> pid().
start() ->
    spawn_opt(fun init/0, [{priority, high}, {message_queue_data, off_heap}]).

init() ->
    try
        process_flag(trap_exit, true),
        %% Without `eof` a port that only reads to the end would close silently.
        Port = open_port({fd, 3, 4}, [{packet, 4}, binary, eof]),
        transmit(Port, {hello, self(), node()}),
        loop(Port)
    after
        %% Not flushed: nobody reads any more, and halting would wait for it.
        erlang:halt(0, [{flush, false}])
    end.

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
