%% Operations of the daemon's table that this node answers. Each has a function that takes the
%% operation's arguments as a map and answers {ok, Answer} or {error, Error}.
%%
%% Arguments, under the names of the table, absent ones left out:
%%   process   {pid, Id, Serial} or {name, Binary}      see whitebeam_arguments:process/1
%%   processes a list of those
%%   term      {term, Atoms, External} or {term, Atoms, External, create}, term/1 there
%%   atom      {atom, Binary} or {atom, Binary, create}, atom/1 there: modules, applications, names
%%   spec      a map of a child specification, whitebeam_spec
%%   text      a binary; integers and booleans as they are; a choice is an atom, choices a list of them
%%
%% An Answer becomes JSON: maps with atom keys are objects; atoms are strings but for true, false,
%% and undefined or nil, which are null; binaries are texts; lists arrays; pids "#PID<0.1.0>".
%% {'$term', T} is shown in full, with its inspect text beside it; {'$inspect', T} as that text
%% only; {'$mfa', M, F, A} as Mod.fun/2; {'$time', Ms} as a time, from unix milliseconds.
%%
%% An Error is {Code, Text, Details}: Text is a binary for people that goes on after "process X: "
%% or stands alone; Details is a map of atom keys to integers, texts or lists of texts, with `field`
%% for the argument that is wrong and `closest` for the operation that can be used instead.
%% Codes: gone, not_found, not_sys, invalid, unknown_atom, protected, busy, queue, too_large,
%% refused (it cannot be done to this process or supervisor), unsupported (this runtime cannot do
%% it), conflict (it changed meanwhile, or exists), crashed (a callback failed), timeout.
-module(whitebeam_operate).

-export([operate/1]).

-spec operate([term()]) -> {ok, term()} | {error, tuple()}.
operate([Name, Arguments]) ->
    case whitebeam_parts:missing(Name) of
        [] -> run(Name, Arguments);
        Parts -> {error, {part, <<"parts of the agent are not loaded yet">>, #{parts => Parts}}}
    end.

run(Name, Arguments) ->
    case handler(Name, whitebeam_parts:owners(Name, groups())) of
        undefined -> {error, {unknown, <<"the agent has no such operation">>, #{}}};
        Function -> answered(Function, Arguments)
    end.

%% Checks of arguments throw their error, so that a function reads as its good case.
answered(Function, Arguments) ->
    try
        Function(Arguments)
    catch
        throw:{error, {_, _, _}} = Error -> Error
    end.

groups() ->
    [
        fun whitebeam_leases:handler/1,
        fun whitebeam_lifecycle:handler/1,
        fun whitebeam_tree:handler/1,
        fun whitebeam_start:handler/1,
        fun whitebeam_suspend:handler/1,
        fun whitebeam_hibernate:handler/1,
        fun whitebeam_control_process:handler/1,
        fun whitebeam_messages:handler/1,
        fun whitebeam_spread:handler/1,
        fun whitebeam_mailbox:handler/1,
        fun whitebeam_mailbox_figures:handler/1,
        fun whitebeam_mailbox_change:handler/1,
        fun whitebeam_info:handler/1,
        fun whitebeam_family:handler/1,
        fun whitebeam_runtime:handler/1,
        fun whitebeam_relations:handler/1,
        fun whitebeam_dependencies:handler/1,
        fun whitebeam_waits:handler/1,
        fun whitebeam_states:handler/1,
        fun whitebeam_state_diff:handler/1,
        fun whitebeam_state_schema:handler/1,
        fun whitebeam_registry:handler/1,
        fun whitebeam_groups:handler/1,
        fun whitebeam_elixir_registry:handler/1,
        fun whitebeam_children:handler/1,
        fun whitebeam_add:handler/1,
        fun whitebeam_remove:handler/1,
        fun whitebeam_replace:handler/1,
        fun whitebeam_flags:handler/1,
        fun whitebeam_pause:handler/1,
        fun whitebeam_restart:handler/1,
        fun whitebeam_start_supervisor:handler/1,
        fun whitebeam_strategy:handler/1,
        fun whitebeam_simulate:handler/1,
        fun whitebeam_application:handler/1,
        fun whitebeam_applications:handler/1,
        fun whitebeam_environment:handler/1,
        fun whitebeam_configuration:handler/1
    ].

handler(_, []) ->
    undefined;
handler(Name, [Group | Groups]) ->
    case Group(Name) of
        undefined -> handler(Name, Groups);
        Function -> Function
    end.
