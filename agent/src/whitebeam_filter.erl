%% A primary logger filter that sees the reports of supervisors and changes nothing.
%%
%% It runs in the process that logs, for events that pass the node's own log level, which is never
%% touched. It stands before all other filters: from Elixir 1.15 on, one of those drops supervisor
%% reports. Cost for an event that is no such report: two pattern matches.
-module(whitebeam_filter).

-export([install/1, remove/1, remove_all/0, observe/2]).

-define(IDS, [whitebeam_filter_1, whitebeam_filter_2, whitebeam_filter_3, whitebeam_filter_4]).
-define(QUEUE, 2000).

%% Installs the filter for an events process, under the first id that is free. The logger puts a new
%% primary filter before the others.
-spec install(pid()) -> atom() | none.
install(Events) ->
    install(?IDS, {fun ?MODULE:observe/2, Events}).

install([], _) ->
    none;
install([Id | Ids], Filter) ->
    case logger:add_primary_filter(Id, Filter) of
        ok -> Id;
        {error, {already_exist, _}} -> install(Ids, Filter);
        {error, _} -> none
    end.

-spec remove(atom()) -> ok.
remove(none) ->
    ok;
remove(Id) ->
    _ = logger:remove_primary_filter(Id),
    ok.

%% Every filter of ours, also those whose process was killed.
-spec remove_all() -> ok.
remove_all() ->
    #{filters := Filters} = logger:get_primary_config(),
    [remove(Id) || {Id, _} <- Filters, lists:member(Id, ?IDS)],
    ok.

%% The filter. Sends {report, …} to the events process unless that is far behind.
-spec observe(logger:log_event(), pid()) -> ignore.
observe(#{msg := {report, #{label := {supervisor, Kind}, report := Report}}}, Events) when
    Kind =/= progress, is_list(Report)
->
    case process_info(Events, message_queue_len) of
        {message_queue_len, Length} when Length < ?QUEUE -> Events ! report(Kind, Report);
        _ -> ok
    end,
    ignore;
observe(_, _) ->
    ignore.

report(Kind, Report) ->
    Offender = proplists:get_value(offender, Report, []),
    Pid = if is_list(Offender) -> proplists:get_value(pid, Offender); true -> undefined end,
    Id = if is_list(Offender) -> proplists:get_value(id, Offender); true -> undefined end,
    Reason = whitebeam_trim:trim(proplists:get_value(reason, Report)),
    {report, erlang:system_time(microsecond), self(), Kind, Pid, whitebeam_trim:trim(Id), Reason}.
