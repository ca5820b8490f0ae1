%% Terms as states: their size, hash, form, and what in them is bound to this node. Pure functions;
%% some run inside the process whose state it is.
-module(whitebeam_state_shape).

-export([measure/2, hash/1, same_form/2, form/1, bound/2, is_secret/1, shown/2]).

-define(DEPTH, 10000).
-define(SHOWN, 8192). % bytes of a value that is shown in full among others
-define(SECRETS, [
    <<"password">>, <<"passwd">>, <<"secret">>, <<"token">>, <<"apikey">>, <<"privatekey">>,
    <<"cookie">>, <<"credential">>, <<"authorization">>
]).

%% About the bytes of a copy of the term, or `over` where that is more than Limit or nested too deeply.
%% What is shared is counted each time, as copying copies it. Cost: a step for each part, until Limit.
-spec measure(term(), non_neg_integer()) -> {ok, non_neg_integer()} | over.
measure(Term, Limit) ->
    try
        {ok, Limit - left(Term, Limit, ?DEPTH)}
    catch
        throw:over -> over
    end.

left(_, Left, Depth) when Left < 0; Depth =:= 0 -> throw(over);
left([Head | Tail], Left, Depth) -> left(Tail, left(Head, Left - 16, Depth - 1), Depth);
left(Tuple, Left, Depth) when is_tuple(Tuple) ->
    elements(Tuple, tuple_size(Tuple), Left - 8 - 8 * tuple_size(Tuple), Depth - 1);
left(Map, Left, Depth) when is_map(Map) ->
    Left - 24 - 16 * map_size(Map) < 0 andalso throw(over),
    pairs(maps:next(maps:iterator(Map)), Left - 24 - 16 * map_size(Map), Depth - 1);
left(Bits, Left, _) when is_bitstring(Bits) -> Left - 24 - byte_size(Bits);
left(Fun, Left, Depth) when is_function(Fun) -> left(environment(Fun), Left - 64, Depth - 1);
left(Number, Left, _) when is_integer(Number), abs(Number) < 1 bsl 58 -> Left - 8;
left(Number, Left, _) when is_integer(Number) -> Left - 16 - byte_size(binary:encode_unsigned(abs(Number)));
left(_, Left, _) -> Left - 8.

elements(_, _, Left, _) when Left < 0 -> throw(over);
elements(_, 0, Left, _) -> Left;
elements(Tuple, N, Left, Depth) -> elements(Tuple, N - 1, left(element(N, Tuple), Left, Depth), Depth).

pairs(none, Left, _) -> Left;
pairs({Key, Value, Next}, Left, Depth) ->
    pairs(maps:next(Next), left(Value, left(Key, Left, Depth), Depth), Depth).

environment(Fun) ->
    case erlang:fun_info(Fun, type) of
        {type, local} -> element(2, erlang:fun_info(Fun, env));
        _ -> []
    end.

%% By which a later change is noticed: MD5 of the external form, as hexadecimal text.
-spec hash(term()) -> binary().
hash(Term) ->
    string:lowercase(binary:encode_hex(erlang:md5(term_to_binary(Term, [deterministic])))).

%% ---- form -------------------------------------------------------------------------------------

%% What kind of term it is, in a word or two.
-spec form(term()) -> binary().
form(#{'__struct__' := Name}) when is_atom(Name) -> <<"struct ", (struct_name(Name))/binary>>;
form(Map) when is_map(Map) -> <<"map">>;
form(Tuple) when is_tuple(Tuple), tuple_size(Tuple) > 1, is_atom(element(1, Tuple)) ->
    Size = integer_to_binary(tuple_size(Tuple)),
    <<"tuple ", (atom_to_binary(element(1, Tuple)))/binary, " of ", Size/binary>>;
form(Tuple) when is_tuple(Tuple) -> <<"tuple of ", (integer_to_binary(tuple_size(Tuple)))/binary>>;
form(List) when is_list(List) -> <<"list">>;
form(Binary) when is_binary(Binary) -> <<"binary">>;
form(Bits) when is_bitstring(Bits) -> <<"bitstring">>;
form(Word) when is_boolean(Word) -> <<"boolean">>;
form(Atom) when is_atom(Atom) -> <<"atom">>;
form(Number) when is_integer(Number) -> <<"integer">>;
form(Number) when is_float(Number) -> <<"float">>;
form(Fun) when is_function(Fun) -> <<"function">>;
form(Pid) when is_pid(Pid) -> <<"pid">>;
form(Port) when is_port(Port) -> <<"port">>;
form(_) -> <<"reference">>.

struct_name(Name) ->
    case string:prefix(atom_to_binary(Name), <<"Elixir.">>) of
        nomatch -> atom_to_binary(Name);
        Short -> Short
    end.

%% Whether a new state has the form of the old one: the same kind, record, struct, or keys of a map.
-spec same_form(term(), term()) -> boolean().
same_form(Old, New) when is_map(Old), is_map(New) ->
    form(Old) =:= form(New) andalso
        (map_size(Old) > 1000 orelse lists:sort(maps:keys(Old)) =:= lists:sort(maps:keys(New)));
same_form(Old, New) ->
    form(Old) =:= form(New).

%% ---- what is bound to this node ---------------------------------------------------------------

%% Pids, references, ports and local functions in the term with the path to each, Most of them, and how
%% many there are: what a copy of the state cannot bring back elsewhere or later.
-spec bound(term(), non_neg_integer()) -> {[{[term()], binary(), term()}], non_neg_integer()}.
bound(Term, Most) ->
    {Found, Total} = bound(Term, [], Most, {[], 0}),
    {lists:sort(Found), Total}.

bound(Map, Path, Most, Sum) when is_map(Map) ->
    maps:fold(
        fun(Key, Value, Now) -> bound(Value, [Key | Path], Most, bound(Key, [Key | Path], Most, Now)) end, Sum, Map
    );
bound(Tuple, Path, Most, Sum) when is_tuple(Tuple) ->
    numbered(tuple_to_list(Tuple), 0, Path, Most, Sum);
bound(List, Path, Most, Sum) when is_list(List) ->
    numbered(List, 0, Path, Most, Sum);
bound(Fun, Path, Most, Sum) when is_function(Fun) ->
    case erlang:fun_info(Fun, type) of
        {type, local} -> found(Path, <<"function">>, Fun, Most, Sum);
        _ -> Sum
    end;
bound(One, Path, Most, Sum) when is_pid(One); is_port(One); is_reference(One) ->
    found(Path, form(One), One, Most, Sum);
bound(_, _, _, Sum) ->
    Sum.

numbered([First | Rest], N, Path, Most, Sum) ->
    numbered(Rest, N + 1, Path, Most, bound(First, [N | Path], Most, Sum));
numbered([], _, _, _, Sum) ->
    Sum;
numbered(Tail, N, Path, Most, Sum) ->
    bound(Tail, [N | Path], Most, Sum).

found(Path, Kind, One, Most, {Found, Total}) when Total < Most ->
    {[{lists:reverse(Path), Kind, One} | Found], Total + 1};
found(_, _, _, _, {Found, Total}) ->
    {Found, Total + 1}.

%% ---- showing parts ----------------------------------------------------------------------------

%% A part of a state, which stands at Path: the daemon hides secrets by the keys above them, which it
%% does not see here.
-spec shown([term()], term()) -> term().
shown(Path, Value) ->
    case lists:any(fun is_secret/1, Path) of
        true ->
            <<"[redacted]">>;
        false ->
            case measure(Value, ?SHOWN) of
                {ok, _} -> {'$term', Value};
                over -> {'$term', whitebeam_trim:trim(Value)}
            end
    end.

%% Whether what stands under the key is a secret, by its name.
-spec is_secret(term()) -> boolean().
is_secret(Key) when is_atom(Key) -> is_secret(atom_to_binary(Key));
is_secret(Key) when is_binary(Key), byte_size(Key) =< 255 ->
    Letters = [C || C <- binary_to_list(Key), C =/= $_, C =/= $-, C < 128],
    binary:match(list_to_binary(string:lowercase(Letters)), ?SECRETS) =/= nomatch;
is_secret(_) -> false.
