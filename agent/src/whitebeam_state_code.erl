%% Functions that a user wrote as Erlang text, to run on a state. Only for callers who may load code into
%% the node anyway: scanning makes atoms of what it reads.
-module(whitebeam_state_code).

-export([parse/1]).

-define(LONGEST, 16384).

%% The function of one argument that the text is: `fun(State) -> … end` or `fun Module:Function/1`.
%% It must not have to be evaluated to be one, so that nothing runs before it is called.
-spec parse(binary()) -> fun((term()) -> term()).
parse(Text) when byte_size(Text) > ?LONGEST ->
    wrong("the function is longer than 16 KB");
parse(Text) ->
    case unicode:characters_to_list(Text) of
        List when is_list(List) -> tokens(string:trim(List, trailing, " \t\r\n.") ++ ".");
        _ -> wrong("the function is not UTF-8")
    end.

tokens(List) ->
    case erl_scan:string(List) of
        {ok, Tokens, _} -> expression(erl_parse:parse_exprs(Tokens));
        {error, {Line, Module, Why}, _} -> wrong(position(Line, Module:format_error(Why)))
    end.

expression({ok, [{'fun', _, {clauses, [{clause, _, [_], _, _} | _]}} = Form]}) -> evaluated(Form);
expression({ok, [{'fun', _, {function, {atom, _, _}, {atom, _, _}, {integer, _, 1}}} = Form]}) -> evaluated(Form);
expression({ok, _}) -> wrong("it must be one fun of one argument: fun(State) -> ... end");
expression({error, {Line, Module, Why}}) -> wrong(position(Line, Module:format_error(Why))).

evaluated(Form) ->
    try erl_eval:expr(Form, []) of
        {value, Function, _} when is_function(Function, 1) -> reporting(Function)
    catch
        error:Reason -> wrong(io_lib:format("it cannot be used: ~0tP", [Reason, 12]))
    end.

%% What the function does wrong is told to the caller; the process goes on with its old state.
reporting(Function) ->
    fun(State) ->
        try
            Function(State)
        catch
            Class:Reason ->
                Text = io_lib:format("the function failed with ~ts: ~0tP", [Class, Reason, 20]),
                whitebeam_arguments:fail(crashed, Text, #{field => <<"function">>})
        end
    end.

position(Line, Why) when is_integer(Line) -> io_lib:format("line ~b: ~ts", [Line, Why]);
position({Line, _}, Why) -> position(Line, Why);
position(_, Why) -> Why.

-spec wrong(iodata()) -> no_return().
wrong(Why) ->
    whitebeam_arguments:fail(invalid, Why, #{field => <<"function">>}).
