%% Lists cut to a size that is safe to send, and processes named briefly, for answers of operations.
-module(whitebeam_bounds).

-export([cut/2, cut/3, page/3, limit/3, brief/1, other/1, breathe/2]).

-define(BREATH, 128).

%% The first Most elements as `Key`, with the total and the number that was left out.
-spec cut(atom(), list()) -> map().
cut(Key, List) ->
    cut(Key, List, 1000).

-spec cut(atom(), list(), pos_integer()) -> map().
cut(Key, List, Most) ->
    Total = length(List),
    #{Key => lists:sublist(List, Most), total => Total, left_out => max(0, Total - Most)}.

%% The page of a list that the arguments ask for with `page` and `per_page`.
-spec page(atom(), list(), map()) -> map().
page(Key, List, Arguments) ->
    {Page, PerPage} = {maps:get(page, Arguments, 1), limit(per_page, Arguments, 100)},
    First = (Page - 1) * PerPage,
    Total = length(List),
    #{
        Key => lists:sublist(lists:nthtail(min(First, Total), List), PerPage),
        page => Page,
        per_page => PerPage,
        total => Total
    }.

%% A number of rows that was asked for, within reason.
-spec limit(atom(), map(), pos_integer()) -> pos_integer().
limit(Key, Arguments, Fallback) ->
    max(1, min(10000, maps:get(Key, Arguments, Fallback))).

%% A process with its name. Cost: a look-up, no signal.
-spec brief(pid()) -> map().
brief(Pid) when node(Pid) =/= node() ->
    #{pid => Pid, name => undefined, node => node(Pid)};
brief(Pid) ->
    case erlang:process_info(Pid, registered_name) of
        {registered_name, Name} -> #{pid => Pid, name => Name, alive => true};
        [] -> #{pid => Pid, name => undefined, alive => true};
        undefined -> #{pid => Pid, name => undefined, alive => false}
    end.

%% What may stand where a process does: a port, or a name on some node.
-spec other(term()) -> map().
other(Pid) when is_pid(Pid) -> brief(Pid);
other(Port) when is_port(Port) -> #{port => {'$inspect', Port}, name => port_name(Port)};
other({Name, Node}) when is_atom(Name), is_atom(Node) -> #{name => Name, node => Node};
other(Other) -> #{other => {'$inspect', whitebeam_trim:trim(Other)}}.

port_name(Port) ->
    case erlang:port_info(Port, name) of
        {name, Name} -> unicode:characters_to_binary(lists:sublist(Name, 200));
        undefined -> undefined
    end.

%% Runs Step on each element, and gives way after some 128 of them: a whole time slice would make others late.
-spec breathe(fun((term()) -> [term()]), list()) -> list().
breathe(Step, List) ->
    lists:reverse(breathe(Step, List, ?BREATH, [])).

breathe(_, [], _, Done) ->
    Done;
breathe(Step, List, 0, Done) ->
    erlang:yield(),
    breathe(Step, List, ?BREATH, Done);
breathe(Step, [First | Rest], Left, Done) ->
    breathe(Step, Rest, Left - 1, lists:reverse(Step(First), Done)).
