%% What can be said of a message in a mailbox without knowing who it is for: which protocol it is of,
%% its shape, its type, its size. Reads nothing but the message.
-module(whitebeam_letter).

-export([kind/1, shape/1, type/1, bytes/1, caller/1, row/3]).

-define(SHAPE, 8).

%% call, cast, event, system, exit, down, timer, reply, io, port, or info for what is of none of these.
-spec kind(term()) -> atom().
kind({'$gen_call', {From, _}, _}) when is_pid(From) -> call;
kind({'$gen_cast', _}) -> cast;
kind({'$gen_event', _}) -> event;
kind({notify, _}) -> event;
kind({sync_notify, _}) -> event;
kind({system, {From, _}, _}) when is_pid(From) -> system;
kind({'EXIT', From, _}) when is_pid(From); is_port(From) -> exit;
kind({'DOWN', Monitor, _, _, _}) when is_reference(Monitor) -> down;
kind({timeout, Timer, _}) when is_reference(Timer) -> timer;
kind({Tag, _}) when is_reference(Tag) -> reply;
kind({[alias | Alias], _}) when is_reference(Alias) -> reply;
kind({io_request, From, _, _}) when is_pid(From) -> io;
kind({io_reply, _, _}) -> io;
kind({Word, Port, _}) when is_port(Port), (Word =:= tcp orelse Word =:= udp) -> port;
kind({Word, Port}) when is_port(Port), (Word =:= tcp_closed orelse Word =:= udp_passive) -> port;
kind({Port, _}) when is_port(Port) -> port;
kind(_) -> info.

%% What messages of one sort have in common: {tick, '_'} for {tick, 7}.
-spec shape(term()) -> term().
shape({'$gen_call', {From, _}, Request}) when is_pid(From) -> {'$gen_call', '_', inner(Request)};
shape({'$gen_cast', Request}) -> {'$gen_cast', inner(Request)};
shape(Message) -> inner(Message).

inner(Atom) when is_atom(Atom) ->
    Atom;
inner(Tuple) when is_tuple(Tuple), tuple_size(Tuple) > 0 ->
    Rest = [blank(element(N, Tuple)) || N <- lists:seq(2, min(?SHAPE, tuple_size(Tuple)))],
    list_to_tuple([head(element(1, Tuple)) | Rest] ++ ['...' || tuple_size(Tuple) > ?SHAPE]);
inner(#{'__struct__' := Name}) when is_atom(Name) ->
    #{'__struct__' => Name};
inner(Other) ->
    {type, type(Other)}.

head(Atom) when is_atom(Atom) -> Atom;
head(_) -> '_'.

blank(_) -> '_'.

-spec type(term()) -> atom().
type(Term) when is_atom(Term) -> atom;
type(Term) when is_integer(Term) -> integer;
type(Term) when is_float(Term) -> float;
type(Term) when is_binary(Term) -> binary;
type(Term) when is_bitstring(Term) -> bitstring;
type(Term) when is_list(Term) -> list;
type(Term) when is_tuple(Term) -> tuple;
type(Term) when is_map(Term) -> map;
type(Term) when is_pid(Term) -> pid;
type(Term) when is_reference(Term) -> reference;
type(Term) when is_port(Term) -> port;
type(_) -> function.

%% What it takes when sent elsewhere; large binaries count, though they are not in the mailbox itself.
-spec bytes(term()) -> non_neg_integer().
bytes(Message) ->
    erlang:external_size(Message).

%% Who waits for an answer to it.
-spec caller(term()) -> pid() | undefined.
caller({'$gen_call', {From, _}, _}) when is_pid(From) -> From;
caller({system, {From, _}, _}) when is_pid(From) -> From;
caller({io_request, From, _, _}) when is_pid(From) -> From;
caller(_) -> undefined.

%% A message at a place (0 is the oldest), in full if it is not larger than Most bytes.
-spec row(non_neg_integer(), term(), non_neg_integer()) -> map().
row(Index, Message, Most) ->
    Bytes = bytes(Message),
    Base = #{
        index => Index,
        kind => kind(Message),
        shape => {'$inspect', shape(Message)},
        type => type(Message),
        bytes => Bytes,
        caller => caller(Message)
    },
    case Bytes =< Most of
        true -> Base#{message => {'$term', Message}, cut => false};
        false -> Base#{message => {'$term', whitebeam_trim:trim(Message)}, cut => true}
    end.
