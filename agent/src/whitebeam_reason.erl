%% Why something failed, as text for a sentence: in the words of Elixir's inspect/2, like all terms that
%% people are shown, and without arguments of functions. Those may hold secrets, which the daemon takes out
%% of terms but cannot find in a text.
-module(whitebeam_reason).

-export([text/1]).

-define(FRAMES, 3).
-define(DEPTH, 6).
-define(WIDTH, 20).

%% The reason, and the innermost functions of its stack. Cost: some thousand steps at most.
-spec text(term()) -> binary().
text({'EXIT', Reason}) ->
    text(Reason);
text({Reason, [{_, _, _, _} | _] = Stack}) ->
    Where = [frame(Frame) || Frame <- lists:sublist(Stack, ?FRAMES)],
    unicode:characters_to_binary([inspected(Reason), " in ", lists:join(", ", Where)]);
text(Reason) ->
    inspected(Reason).

frame({Module, Function, Arguments, _}) ->
    io_lib:format("~ts.~ts/~tp", [whitebeam_inspect:text(Module), Function, arity(Arguments)]);
frame(_) ->
    "...".

arity(Arguments) when is_list(Arguments) -> length(Arguments);
arity(Arity) -> Arity.

inspected(Reason) ->
    whitebeam_inspect:text(bare(Reason, ?DEPTH)).

%% Calls as runtime and OTP write them into reasons, {M, F, Arguments} and {M, F, Arguments, Location}, have
%% an arity instead.
bare(_, 0) ->
    '...';
bare({M, F, Arguments}, _) when is_atom(M), is_atom(F), is_list(Arguments) ->
    {M, F, arity_of(Arguments)};
bare({M, F, Arguments, Location}, _) when is_atom(M), is_atom(F), is_list(Arguments) ->
    {M, F, arity_of(Arguments), Location};
bare(Tuple, Depth) when is_tuple(Tuple), tuple_size(Tuple) =< ?WIDTH ->
    list_to_tuple([bare(Element, Depth - 1) || Element <- tuple_to_list(Tuple)]);
bare(List, Depth) when is_list(List) ->
    case io_lib:printable_unicode_list(List) of
        true -> List;
        false -> elements(List, Depth - 1, ?WIDTH)
    end;
bare(Other, _) ->
    Other.

elements([Head | Tail], Depth, Left) when Left > 0 -> [bare(Head, Depth) | elements(Tail, Depth, Left - 1)];
elements([_ | _], _, _) -> ['...'];
elements(Tail, Depth, _) when Tail =/= [] -> bare(Tail, Depth);
elements([], _, _) -> [].

%% Text and improper lists are no arguments.
arity_of(Arguments) ->
    case Arguments =/= [] andalso io_lib:printable_unicode_list(Arguments) of
        true -> Arguments;
        false -> length_of(Arguments)
    end.

length_of(Arguments) ->
    try length(Arguments)
    catch
        error:badarg -> Arguments
    end.
