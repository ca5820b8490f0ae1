%% Operations that read the children of a supervisor.
-module(whitebeam_children).

-export([handler/1]).

-define(PER_PAGE, 200).
-define(ASK_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(which_children) -> fun which_children/1;
handler(count_children) -> fun count_children/1;
handler(_) -> undefined.

%% A page of the children, static ones in start order. Only what is on the page leaves the supervisor.
which_children(#{name := Name} = Arguments) ->
    Pid = whitebeam_arguments:alive(Name),
    Page = maps:get(page, Arguments, 1),
    Size = min(?PER_PAGE, maps:get(per_page, Arguments, 50)),
    {Total, Rows} =
        case whitebeam_supervisor:kind(Pid) of
            {call, _} -> listed(Pid, Page, Size);
            _ -> read(whitebeam_supervising:supervisor(Arguments), Page, Size)
        end,
    {ok, #{supervisor => Pid, total => Total, page => Page, per_page => Size, children => Rows}}.

read(Pid, Page, Size) ->
    {Total, Rows} = whitebeam_supervising:read(Pid, fun(State) ->
        Children = whitebeam_layout:page(State, (Page - 1) * Size, Size),
        {whitebeam_layout:total(State), [whitebeam_supervising:shown(Child) || Child <- Children]}
    end),
    {Total, Rows}.

%% A supervisor of another kind is asked in the way that all of them understand.
listed(Pid, Page, Size) ->
    All = whitebeam_supervising:call(Pid, which_children, ?ASK_MS),
    First = (Page - 1) * Size,
    Rows =
        case First < length(All) of
            true -> lists:sublist(All, First + 1, Size);
            false -> []
        end,
    {length(All), [
        #{
            id => whitebeam_supervising:shown_id(Id), pid => whitebeam_supervising:alive_pid(Child),
            type => Type, modules => Modules
        }
     || {Id, Child, Type, Modules} <- Rows
    ]}.

count_children(#{name := Name} = Arguments) ->
    Pid = whitebeam_arguments:alive(Name),
    Counts =
        case whitebeam_supervisor:kind(Pid) of
            {call, _} -> maps:from_list(whitebeam_supervising:call(Pid, count_children, ?ASK_MS));
            _ -> counts(whitebeam_supervising:view(whitebeam_supervising:supervisor(Arguments)))
        end,
    {ok, Counts#{supervisor => Pid}}.

counts(#{counts := {Specs, Active, Supervisors, Workers}}) ->
    #{specs => Specs, active => Active, supervisors => Supervisors, workers => Workers}.
