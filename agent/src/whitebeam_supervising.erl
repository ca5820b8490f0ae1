%% What operations on supervisors share: finding the supervisor and the child that are meant, reading
%% inside the supervisor, asking it to do something, and showing children in answers.
-module(whitebeam_supervising).

-export([supervisor/1, changeable/1, read/2, view/1, child/2, lookup/2, call/3, is_paused/1]).
-export([timeout/2, shown/1, shown_id/1, name/1, reason/1, budget/1, alive_pid/1]).

-define(READ_MS, 5000).
%% Words of a child's start arguments that are copied out of the supervisor.
-define(ARGUMENTS, 1000000).
%% Words of a reason that are shown as a term.
-define(REASON, 2000).

%% The supervisor that `name` means. Throws gone, busy, or refused where it is no supervisor. Only
%% proven supervisors are answered: a message to them is understood. Cost: two look-ups.
-spec supervisor(map()) -> pid().
supervisor(#{name := Name}) ->
    Pid = whitebeam_arguments:alive(Name),
    case whitebeam_supervisor:kind(Pid) of
        {sys, _} -> Pid;
        {call, Kind} -> foreign(Kind);
        gone -> whitebeam_arguments:fail(gone, <<"the process is not alive">>);
        busy -> whitebeam_arguments:fail(busy, <<"too many messages wait before the question">>);
        not_supervisor -> no_supervisor()
    end.

-spec foreign(atom()) -> no_return().
foreign(Kind) ->
    Text = io_lib:format("it is a ~ts, which has neither child specs nor the calls of a supervisor", [Kind]),
    whitebeam_arguments:fail(refused, Text, #{field => <<"name">>, closest => <<"which_children">>}).

-spec no_supervisor() -> no_return().
no_supervisor() ->
    Details = #{field => <<"name">>, closest => <<"list_supervisor_processes">>},
    whitebeam_arguments:fail(refused, <<"it is not a supervisor">>, Details).

%% The same for one that will be changed: those of the runtime system only with `force`, and none that
%% is paused, since it would do what it is asked only later.
-spec changeable(map()) -> pid().
changeable(#{name := Name} = Arguments) ->
    Pid = supervisor(Arguments),
    Pid = whitebeam_arguments:unprotected(Name, Arguments),
    case is_paused(Pid) of
        true ->
            Details = #{closest => <<"resume_supervisor">>},
            whitebeam_arguments:fail(busy, <<"the supervisor is paused">>, Details);
        false ->
            Pid
    end.

%% What Fun answers of the supervisor's state, of which only known forms come to it. Cost: one message, and
%% what Fun costs inside the supervisor.
-spec read(pid(), fun((term()) -> Answer)) -> Answer.
read(Pid, Fun) ->
    Inside = fun(State) ->
        case whitebeam_layout:form(State) of
            unknown -> {answer, unknown};
            _ -> {answer, {known, Fun(State)}}
        end
    end,
    try whitebeam_sys:inside(Pid, Inside, ?READ_MS) of
        {known, Answer} -> Answer;
        unknown -> whitebeam_arguments:fail(unsupported, <<"its state has a form that is not known">>)
    catch
        %% One that ends just now is no longer seen to be of any behaviour.
        throw:{error, {not_sys, _, _}} = Error ->
            is_process_alive(Pid) orelse whitebeam_arguments:fail(gone, <<"the supervisor ended meanwhile">>),
            throw(Error)
    end.

%% What whitebeam_layout:flags/1 says, and: form, total (children), known (can be changed),
%% max_children, task (whether it is a Task.Supervisor).
-spec view(pid()) -> map().
view(Pid) ->
    read(Pid, fun(State) ->
        (whitebeam_layout:flags(State))#{
            form => whitebeam_layout:form(State),
            total => whitebeam_layout:total(State),
            known => whitebeam_layout:is_known(State),
            max_children => whitebeam_layout:max_children(State),
            task => whitebeam_layout:module(State) =:= 'Elixir.Task.Supervisor'
        }
    end).

%% ---- children ---------------------------------------------------------------------------------

%% The child that `child_id` names: a term that is its id, a process, or a text that is its id, its pid or
%% its registered name. Start arguments that are too large are `too_large`. Throws not_found.
-spec child(pid(), map()) -> map().
child(Pid, #{child_id := Id}) ->
    case lookup(Pid, wanted(Id)) of
        {ok, Child} ->
            Child;
        none ->
            Details = #{field => <<"child_id">>, closest => <<"which_children">>},
            whitebeam_arguments:fail(not_found, <<"the supervisor has no such child">>, Details)
    end;
child(_, _) ->
    whitebeam_arguments:fail(invalid, <<"child_id is needed">>, #{field => <<"child_id">>}).

%% As whitebeam_layout:find/2, inside the supervisor.
-spec lookup(pid(), [{atom(), term()}]) -> {ok, map()} | none.
lookup(Pid, Wanted) ->
    read(Pid, fun(State) ->
        case whitebeam_layout:find(State, Wanted) of
            {ok, Child} -> {ok, without_large(Child)};
            none -> none
        end
    end).

without_large(#{start := {M, F, Args}} = Child) ->
    case erts_debug:flat_size(Args) > ?ARGUMENTS of
        true -> Child#{start := {M, F, too_large}};
        false -> Child
    end.

wanted({pid, _, _} = Process) ->
    [{pid, whitebeam_arguments:process(Process)}];
wanted({name, Text}) ->
    wanted(Text);
wanted({atom, Text}) ->
    [{id, whitebeam_arguments:atom({atom, Text})}];
wanted(Text) when is_binary(Text) ->
    Atoms = existing(Text),
    [{id, Atom} || Atom <- Atoms] ++
        [{id, Id} || Id <- [Text | number(Text) ++ unquoted(Text)]] ++
        [{pid, Pid} || Pid <- pids_of(Text) ++ [whereis(Atom) || Atom <- Atoms], is_pid(Pid)] ++
        [{text, Text}];
wanted(Term) ->
    case whitebeam_arguments:term(Term) of
        Pid when is_pid(Pid) -> [{id, Pid}, {pid, Pid}];
        Id -> [{id, Id}]
    end.

%% :x is x and nothing else; Foo is Elixir.Foo, else Foo; otherwise the plain atom comes first.
existing(Text) ->
    case unicode:characters_to_list(Text) of
        [$: | Plain] -> existing_only([string:trim(Plain, both, "\"")]);
        [First | _] when First >= $A, First =< $Z -> existing_only([["Elixir.", Text], Text]);
        _ -> existing_only([Text])
    end.

existing_only(Texts) ->
    lists:append([
        try [binary_to_existing_atom(unicode:characters_to_binary(Text), utf8)] catch error:_ -> [] end
     || Text <- Texts
    ]).

number(Text) ->
    try [binary_to_integer(Text)] catch error:badarg -> [] end.

unquoted(Text) ->
    case string:trim(Text, both, "\"") of
        Text -> [];
        Plain -> [Plain]
    end.

%% #PID<0.12.0>, <0.12.0> or 0.12.0
pids_of(Text) ->
    case re:run(Text, "^(?:#PID)?<?0\\.([0-9]{1,10})\\.([0-9]{1,10})>?$", [{capture, all_but_first, list}]) of
        {match, [Id, Serial]} ->
            {ok, Pid} = whitebeam_process:find_pid([list_to_integer(Id), list_to_integer(Serial)]),
            [Pid];
        nomatch ->
            []
    end.

%% ---- asking -----------------------------------------------------------------------------------

%% What the supervisor replies to a call of OTP's own protocol. Late replies are dropped by the runtime.
-spec call(pid(), term(), timeout()) -> term().
call(Pid, Request, TimeoutMs) ->
    ok = whitebeam_sys:check(Pid),
    try
        gen_server:call(Pid, Request, TimeoutMs)
    catch
        exit:{timeout, _} ->
            Text =
                <<"the supervisor did not answer in time; it still does what it was asked when it gets there">>,
            whitebeam_arguments:fail(timeout, Text, #{timeout_ms => TimeoutMs});
        exit:{Reason, _} ->
            Text = ["the supervisor ended meanwhile: ", whitebeam_reason:text(Reason)],
            whitebeam_arguments:fail(gone, Text)
    end.

-spec timeout(map(), non_neg_integer()) -> non_neg_integer().
timeout(Arguments, Fallback) ->
    maps:get(timeout_ms, Arguments, Fallback).

%% Whether sys:suspend/1 holds it. Where that cannot be seen from outside, since it hibernates, it is
%% asked, which copies its state: it is small then.
-spec is_paused(pid()) -> boolean().
is_paused(Pid) ->
    case erlang:process_info(Pid, current_function) of
        {_, {sys, suspend_loop, _}} -> true;
        {_, {sys, suspend_loop_hib, _}} -> true;
        {_, {erlang, hibernate, _}} -> asked(Pid);
        _ -> false
    end.

asked(Pid) ->
    try sys:get_status(Pid, ?READ_MS) of
        {status, _, _, [_, State | _]} -> State =:= suspended
    catch
        exit:_ -> false
    end.

%% ---- answers ----------------------------------------------------------------------------------

-spec shown(map()) -> map().
shown(#{id := Id, start := {M, F, Args}} = Child) ->
    Row = maps:with([pid, restart, significant, shutdown, type, modules], Child),
    Row#{
        id => shown_id(Id),
        pid => alive_pid(maps:get(pid, Child)),
        state => state(maps:get(pid, Child)),
        start => #{module => M, function => F, arity => arity(Args)}
    }.

arity(Args) when is_list(Args) -> length(Args);
arity(_) -> undefined.

state(restarting) -> restarting;
state(Pid) when is_pid(Pid) -> running;
state(undefined) -> terminated.

-spec alive_pid(term()) -> pid() | undefined.
alive_pid(Pid) when is_pid(Pid) -> Pid;
alive_pid(_) -> undefined.

%% An atom is its name, anything else as inspect writes it; null where there is no id.
-spec shown_id(term()) -> term().
shown_id(Id) when is_atom(Id), Id =/= true, Id =/= false, Id =/= nil -> Id;
shown_id(Id) -> {'$inspect', Id}.

%% A reason to end for, cut where it is large.
-spec reason(term()) -> term().
reason(Reason) ->
    case erts_debug:flat_size(Reason) > ?REASON of
        true -> whitebeam_reason:text(Reason);
        false -> {'$inspect', Reason}
    end.

%% The registered name of a process, or undefined.
-spec name(pid()) -> atom().
name(Pid) ->
    case erlang:process_info(Pid, registered_name) of
        {registered_name, Name} -> Name;
        _ -> undefined
    end.

%% Restarts used and left, and when the oldest stops to count.
-spec budget(map()) -> map().
budget(#{intensity := Intensity, period := Period, used := Used, oldest := Oldest}) ->
    #{
        max_restarts => Intensity,
        max_seconds => Period,
        used => Used,
        left => max(0, Intensity - Used),
        frees_in_s => frees(Oldest, Period)
    }.

frees(undefined, _) -> undefined;
frees(Oldest, Period) -> max(0, Period - Oldest + 1).
