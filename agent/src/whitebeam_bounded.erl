%% Foreign code for an operation: a function that calls modules of the node, which may fail, hang or
%% leave messages behind, so that it runs in a process of its own, for a limited time.
-module(whitebeam_bounded).

-export([run/2]).

%% Answers what Fun answers. Throws `crashed` with the reason when Fun fails, `timeout` when it takes
%% longer; it is ended then. Cost: a process.
-spec run(fun(() -> Value), non_neg_integer()) -> Value.
run(Fun, TimeoutMs) ->
    Self = self(),
    Tag = make_ref(),
    Pid = spawn_link(fun() -> Self ! {Tag, result(Fun)} end),
    receive
        {Tag, Result} -> value(Result)
    after TimeoutMs ->
        unlink(Pid),
        exit(Pid, kill),
        receive
            {Tag, Result} -> value(Result)
        after 0 ->
            whitebeam_arguments:fail(timeout, <<"it did not end in time">>, #{timeout_ms => TimeoutMs})
        end
    end.

result(Fun) ->
    try
        {value, Fun()}
    catch
        throw:{error, {_, _, _}} = Error -> {thrown, Error};
        Class:Reason -> {failed, Class, Reason}
    end.

value({value, Value}) ->
    Value;
value({thrown, Error}) ->
    throw(Error);
value({failed, Class, Reason}) ->
    whitebeam_arguments:fail(crashed, ["it failed: ", whitebeam_reason:text({Class, Reason})]).
