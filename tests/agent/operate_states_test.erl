%% Tests of operations on states: what they answer and change is compared with what sys says of the
%% process.
-module(operate_states_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1, idle/0, argument/1, term/1]).

main() ->
    agent_fixture:run_tests(?MODULE, "operations on states").

%% ---- processes of several behaviours, all of this module --------------------------------------

init({statem, Name, Data}) -> {ok, Name, Data};
init({event, State}) -> {ok, State};
init({supervisor, Flags}) -> {ok, {Flags, []}};
init({server, State}) -> {ok, State}.

handle_call({run, Fun}, _, State) -> {reply, Fun(State), State};
handle_call(share, _, State) ->
    {reply, shared, lists:foldl(fun(_, Term) -> {Term, Term} end, State, lists:seq(1, 40))}.

handle_cast({put, State}, _) -> {noreply, State}.

handle_event(_, State) -> {ok, State}.

callback_mode() -> state_functions.

open(_, _, Data) -> {keep_state, Data}.

closed(_, _, Data) -> {keep_state, Data}.

format_status(#{state := #{secret := _} = State} = Status) -> Status#{state => State#{secret => hidden}};
format_status(Status) -> Status.

server(State) ->
    {ok, Pid} = gen_server:start(?MODULE, {server, State}, []),
    Pid.

statem(Name, Data) ->
    {ok, Pid} = gen_statem:start(?MODULE, {statem, Name, Data}, []),
    Pid.

events(Handlers) ->
    {ok, Pid} = gen_event:start(),
    [ok = gen_event:add_handler(Pid, Handler, {event, State}) || {Handler, State} <- Handlers],
    Pid.

stop(Pid) -> exit(Pid, kill).

%% Runs an operation on a process.
on(Guard, Name, Pid, Arguments) ->
    operate(Guard, Name, Arguments#{pid => argument(Pid)}).

hash(Term) ->
    Bytes = binary_to_list(erlang:md5(term_to_binary(Term, [deterministic]))),
    iolist_to_binary([io_lib:format("~2.16.0b", [Byte]) || Byte <- Bytes]).

%% Runs Test(Guard, Pid) with a server of this state.
with_server(State, Test) ->
    with_agent(fun(Guard) ->
        Pid = server(State),
        Test(Guard, Pid),
        {messages, []} = process_info(Pid, messages),
        stop(Pid)
    end).

%% ---- reading ----------------------------------------------------------------------------------

a_state_is_shown_with_its_hash_test() ->
    State = #{count => 1, names => [a, b]},
    with_server(State, fun(Guard, Pid) ->
        {ok, #{state := {'$term', State}, hash := Hash, bytes := Bytes} = Answer} =
            on(Guard, get_genserver_state, Pid, #{}),
        Hash = hash(sys:get_state(Pid)),
        Bytes = erlang:external_size(State),
        #{kind := gen_server, module := ?MODULE, status := running, form := <<"map">>, changing := false} = Answer
    end).

format_status_hides_what_is_shown_but_not_what_is_hashed_test() ->
    State = #{secret => <<"s3cret">>},
    with_server(State, fun(Guard, Pid) ->
        {ok, #{state := {'$term', #{secret := hidden}}, hash := Hash}} = on(Guard, get_genserver_state, Pid, #{}),
        Hash = hash(State)
    end).

a_suspended_server_is_read_and_said_to_be_test() ->
    with_server(some, fun(Guard, Pid) ->
        sys:suspend(Pid),
        {ok, #{status := suspended, state := {'$term', some}}} = on(Guard, get_genserver_state, Pid, #{})
    end).

a_process_of_no_behaviour_gets_no_message_test() ->
    with_agent(fun(Guard) ->
        Pid = idle(),
        Term = term(new),
        [
            {error, {not_sys, _, _}} = on(Guard, Name, Pid, Arguments)
         || {Name, Arguments} <- [
                {get_genserver_state, #{}}, {set_genserver_state, #{state => Term}}, {backup_genserver_state, #{}},
                {update_genserver_state, #{path => term([a]), value => Term}}, {compress_genserver_state, #{}},
                {restore_genserver_state, #{state => Term}}, {diff_genserver_states, #{state => Term}},
                {validate_genserver_state, #{shape => term(map)}}, {migrate_process_state, #{mapping => term(#{drop => [a]})}}
            ]
        ],
        {messages, []} = process_info(Pid, messages),
        stop(Pid),
        eventually(fun() -> not is_process_alive(Pid) end),
        {error, {gone, _, _}} = on(Guard, get_genserver_state, Pid, #{})
    end).

a_busy_server_is_not_waited_for_test() ->
    with_agent(fun(Guard) ->
        Pid = server(State = #{a => 1}),
        Self = self(),
        Caller = spawn(fun() -> gen_server:call(Pid, {run, fun(_) -> Self ! busy, receive go -> ok end end}, infinity) end),
        receive busy -> ok end,
        {error, {Code, _, _}} = on(Guard, set_genserver_state, Pid, #{state => term(new), timeout_ms => 20}),
        true = lists:member(Code, [busy, not_sys]),
        Pid ! go,
        State = sys:get_state(Pid), % what came too late was not run
        stop(Pid),
        stop(Caller)
    end).

a_large_state_is_refused_by_measure_test() ->
    with_agent(fun(Guard) ->
        Pid = server(lists:seq(1, 1000000)),
        {error, {too_large, _, #{limit := _}}} = on(Guard, get_genserver_state, Pid, #{}),
        {error, {too_large, _, _}} = on(Guard, backup_genserver_state, Pid, #{}),
        {error, {too_large, _, _}} = on(Guard, set_genserver_state, Pid, #{state => term(1)}),
        1000000 = length(sys:get_state(Pid)),
        stop(Pid)
    end).

what_is_shared_counts_as_often_as_a_copy_would_have_it_test() ->
    %% 2^40 elements in 40 cells: to measure it whole would take hours.
    Pid = server(leaf),
    shared = gen_server:call(Pid, share),
    with_agent(fun(Guard) ->
        {error, {too_large, _, _}} = on(Guard, get_genserver_state, Pid, #{}),
        {error, {too_large, _, _}} = on(Guard, backup_genserver_state, Pid, #{})
    end),
    stop(Pid).

%% ---- setting ----------------------------------------------------------------------------------

a_state_is_replaced_and_read_back_test() ->
    with_server(#{count => 1}, fun(Guard, Pid) ->
        {ok, Answer} = on(Guard, set_genserver_state, Pid, #{state => term(#{count => 2})}),
        #{count := 2} = sys:get_state(Pid),
        Old = hash(#{count => 1}),
        New = hash(#{count => 2}),
        #{
            replaced := true, old_hash := Old, new_hash := New, hash := New, changed_since := false,
            same_form := true, kind := gen_server, pid := Pid
        } = Answer,
        {ok, #{same_form := false, old_form := <<"map">>, new_form := <<"tuple other of 2">>}} =
            on(Guard, set_genserver_state, Pid, #{state => term({other, 1})})
    end).

a_state_that_changed_meanwhile_is_not_replaced_test() ->
    with_server(first, fun(Guard, Pid) ->
        {ok, #{hash := Hash}} = on(Guard, get_genserver_state, Pid, #{}),
        gen_server:cast(Pid, {put, second}),
        Second = hash(second),
        {error, {conflict, _, #{field := <<"expected">>, hash := Second}}} =
            on(Guard, set_genserver_state, Pid, #{state => term(third), expected => Hash}),
        second = sys:get_state(Pid),
        {ok, #{replaced := true}} =
            on(Guard, set_genserver_state, Pid, #{state => term(third), expected => string:uppercase(Second)}),
        third = sys:get_state(Pid)
    end).

a_dry_run_checks_all_and_changes_nothing_test() ->
    with_server(#{a => 1}, fun(Guard, Pid) ->
        Old = hash(#{a => 1}),
        {ok, #{dry_run := true, replaced := false, hash := Old, same_form := false}} =
            on(Guard, set_genserver_state, Pid, #{state => term(b), dry_run => true}),
        {error, {conflict, _, _}} =
            on(Guard, set_genserver_state, Pid, #{state => term(b), expected => <<"00">>, dry_run => true}),
        {error, {not_found, _, _}} =
            on(Guard, update_genserver_state, Pid, #{path => term([b]), value => term(1), dry_run => true}),
        #{a := 1} = sys:get_state(Pid)
    end).

an_unknown_atom_is_not_made_test() ->
    with_server(a, fun(Guard, Pid) ->
        {error, {unknown_atom, _, #{atom := <<"an_atom_nobody_made">>}}} =
            on(Guard, set_genserver_state, Pid, #{state => {term, [<<"an_atom_nobody_made">>], <<131, 106>>}})
    end).

states_of_the_runtime_system_are_protected_test() ->
    with_agent(fun(Guard) ->
        Before = sys:get_state(kernel_safe_sup),
        {error, {protected, _, _}} = on(Guard, set_genserver_state, whereis(kernel_safe_sup), #{state => term(x)}),
        {error, {refused, _, #{closest := _}}} =
            on(Guard, set_genserver_state, whereis(kernel_safe_sup), #{state => term(x), force => true}),
        Before = sys:get_state(kernel_safe_sup)
    end).

%% ---- other behaviours -------------------------------------------------------------------------

a_gen_statem_takes_a_name_and_data_test() ->
    with_agent(fun(Guard) ->
        Pid = statem(open, #{n => 1}),
        {ok, #{kind := gen_statem, state := {'$term', {open, #{n := 1}}}, hash := Hash}} =
            on(Guard, get_genserver_state, Pid, #{}),
        Hash = hash({open, #{n => 1}}),
        {ok, #{replaced := true}} = on(Guard, set_genserver_state, Pid, #{state => term({closed, #{n => 2}})}),
        {closed, #{n := 2}} = sys:get_state(Pid),
        {error, {invalid, _, #{field := <<"state">>}}} = on(Guard, set_genserver_state, Pid, #{state => term(closed)}),
        {error, {invalid, _, #{field := <<"state">>}}} =
            on(Guard, set_genserver_state, Pid, #{state => term({no_such_state, 1})}),
        {ok, #{old := {'$term', 2}, new := {'$term', 3}}} =
            on(Guard, update_genserver_state, Pid, #{path => term([1, n]), value => term(3)}),
        {closed, #{n := 3}} = sys:get_state(Pid),
        stop(Pid)
    end).

handlers_of_a_gen_event_have_a_state_each_test() ->
    with_agent(fun(Guard) ->
        Pid = events([{{?MODULE, one}, 1}, {{?MODULE, two}, 2}]),
        {ok, #{kind := gen_event, hash := undefined, handlers := Handlers}} = on(Guard, get_genserver_state, Pid, #{}),
        [One, Two] = [hash(1), hash(2)],
        [Two, One] = [Hash || #{handler := ?MODULE, hash := Hash} <- Handlers],
        {error, {invalid, _, #{field := <<"handler">>, handlers := [_, _]}}} =
            on(Guard, set_genserver_state, Pid, #{state => term(3)}),
        Handler = {atom, atom_to_binary(?MODULE)},
        {ok, #{replaced := true, old_hash := Two}} =
            on(Guard, set_genserver_state, Pid, #{state => term(3), handler => Handler, handler_id => term(two)}),
        [{_, _, 1}, {_, _, 3}] = lists:keysort(2, sys:get_state(Pid)),
        {error, {invalid, _, _}} = on(Guard, backup_genserver_state, Pid, #{handler => {atom, <<"lists">>}}),
        Only = events([{?MODULE, #{a => 1}}]),
        {ok, #{replaced := true}} = on(Guard, set_genserver_state, Only, #{state => term(#{a => 2})}),
        [{?MODULE, false, #{a := 2}}] = sys:get_state(Only),
        Empty = events([]),
        {error, {invalid, _, _}} = on(Guard, set_genserver_state, Empty, #{state => term(1)}),
        {ok, #{state := {'$term', []}, handlers := []}} = on(Guard, get_genserver_state, Empty, #{}),
        [stop(One1) || One1 <- [Pid, Only, Empty]]
    end).

%% ---- updating ---------------------------------------------------------------------------------

a_part_of_a_state_is_replaced_by_its_path_test() ->
    with_server(#{users => [{<<"bob">>, {user, 7}}], n => 1}, fun(Guard, Pid) ->
        {ok, #{old := {'$term', 7}, new := {'$term', 8}, path := {'$term', [users, <<"bob">>, 1]}}} =
            on(Guard, update_genserver_state, Pid, #{path => term([users, <<"bob">>, 1]), value => term(8)}),
        #{users := [{<<"bob">>, {user, 8}}], n := 1} = sys:get_state(Pid),
        {ok, _} = on(Guard, update_genserver_state, Pid, #{path => term([<<"n">>]), value => term(2)}),
        #{n := 2} = sys:get_state(Pid),
        {error, {not_found, _, #{field := <<"path">>}}} =
            on(Guard, update_genserver_state, Pid, #{path => term([nobody]), value => term(1)}),
        {ok, #{old := undefined}} =
            on(Guard, update_genserver_state, Pid, #{path => term([nobody]), value => term(1), create => true}),
        {ok, #{new := undefined}} = on(Guard, update_genserver_state, Pid, #{path => term([nobody]), action => delete}),
        [n, users] = lists:sort(maps:keys(sys:get_state(Pid))),
        {error, {invalid, _, #{field := <<"path">>}}} =
            on(Guard, update_genserver_state, Pid, #{path => term(n), value => term(1)}),
        {error, {invalid, _, #{field := <<"value">>}}} = on(Guard, update_genserver_state, Pid, #{path => term([n])}),
        {error, {invalid, _, #{field := <<"path">>}}} = on(Guard, update_genserver_state, Pid, #{})
    end).

secrets_are_not_shown_by_an_update_test() ->
    with_server(#{'dbPassword' => <<"old">>}, fun(Guard, Pid) ->
        {ok, #{old := <<"[redacted]">>, new := <<"[redacted]">>}} =
            on(Guard, update_genserver_state, Pid, #{path => term(['dbPassword']), value => term(<<"new">>)}),
        #{'dbPassword' := <<"new">>} = sys:get_state(Pid)
    end).

a_function_runs_inside_the_process_if_code_is_allowed_test() ->
    with_server(#{n => 20}, fun(Guard, Pid) ->
        Text = <<"fun(#{n := N} = State) -> State#{n => N * 2 + 2, pid => self()} end">>,
        {error, {refused, _, #{field := <<"allow_code">>, closest := _}}} =
            on(Guard, update_genserver_state, Pid, #{function => Text}),
        {ok, #{replaced := true}} = on(Guard, update_genserver_state, Pid, #{function => Text, allow_code => true}),
        #{n := 42, pid := Pid} = sys:get_state(Pid),
        {ok, #{replaced := false, dry_run := true}} =
            on(Guard, update_genserver_state, Pid, #{function => Text, allow_code => true, dry_run => true}),
        #{n := 42} = sys:get_state(Pid),
        {error, {crashed, _, #{field := <<"function">>}}} =
            on(Guard, update_genserver_state, Pid, #{function => <<"fun(_) -> 1 div 0 end.">>, allow_code => true}),
        [
            {error, {invalid, _, #{field := <<"function">>}}} =
                on(Guard, update_genserver_state, Pid, #{function => Bad, allow_code => true})
         || Bad <- [<<"fun(">>, <<"1 + 1">>, <<"fun(A, B) -> {A, B} end">>, <<"\"abc">>, <<"fun(X) -> X end, fun(Y) -> Y end">>]
        ],
        {ok, _} = on(Guard, update_genserver_state, Pid, #{function => <<"fun maps:size/1">>, allow_code => true}),
        2 = sys:get_state(Pid)
    end).

%% ---- backup and restore -----------------------------------------------------------------------

a_backup_is_restored_test() ->
    Other = idle(),
    State = #{jobs => [{1, Other}], reference => make_ref(), function => fun() -> Other end, exported => fun lists:sort/1},
    with_server(State, fun(Guard, Pid) ->
        {ok, #{external := External, hash := Hash, not_restorable := Bound, not_restorable_total := 3}} =
            on(Guard, backup_genserver_state, Pid, #{}),
        State = binary_to_term(External),
        Hash = hash(State),
        [
            {[function], <<"function">>, undefined}, {[jobs, 0, 1], <<"pid">>, true},
            {[reference], <<"reference">>, undefined}
        ] = lists:sort([{Path, Kind, Alive} || #{path := {'$term', Path}, kind := Kind, alive := Alive} <- Bound]),
        gen_server:cast(Pid, {put, lost}),
        stop(Other),
        eventually(fun() -> not is_process_alive(Other) end),
        {ok, #{replaced := true, hash := Hash, not_restorable := After, not_restorable_total := 3}} =
            on(Guard, restore_genserver_state, Pid, #{state => {term, [], External}}),
        [false] = [Alive || #{kind := <<"pid">>, alive := Alive} <- After],
        State = sys:get_state(Pid)
    end).

compressing_says_what_is_gained_and_that_the_state_stays_test() ->
    State = lists:duplicate(1000, <<"the same text">>),
    with_server(State, fun(Guard, Pid) ->
        {ok, #{bytes := Bytes, compressed_bytes := Small, before := #{memory := Before}, 'after' := #{memory := After}} = Answer} =
            on(Guard, compress_genserver_state, Pid, #{}),
        Bytes = byte_size(term_to_binary(State, [deterministic])),
        true = Small < Bytes div 10,
        true = After > 0 andalso Before > 0,
        #{collected := true, stored_compressed := false} = Answer,
        {ok, #{collected := false, dry_run := true}} = on(Guard, compress_genserver_state, Pid, #{dry_run => true}),
        State = sys:get_state(Pid)
    end).

%% ---- comparing --------------------------------------------------------------------------------

states_of_two_processes_are_compared_test() ->
    with_server(#{n => 1, same => x, token => <<"a">>}, fun(Guard, Pid) ->
        Other = server(#{n => 2, same => x, token => <<"b">>}),
        {ok, #{equal := false, total := 2, changes := Changes, pid := Pid, other := Other}} =
            on(Guard, diff_genserver_states, Pid, #{other => argument(Other)}),
        [
            #{path := {'$term', [n]}, change := changed, old := {'$term', 1}, new := {'$term', 2}},
            #{path := {'$term', [token]}, old := <<"[redacted]">>, new := <<"[redacted]">>}
        ] = Changes,
        {ok, #{equal := true, changes := []}} =
            on(Guard, diff_genserver_states, Pid, #{state => term(#{n => 1, same => x, token => <<"a">>})}),
        {ok, #{changes := [#{change := added, path := {'$term', [same]}}, _], total := 2}} =
            on(Guard, diff_genserver_states, Pid, #{state => term(#{n => 1})}),
        {ok, #{changes := [_], total := 2, left_out := 1}} =
            on(Guard, diff_genserver_states, Pid, #{state => term(#{n => 1}), limit => 1}),
        {error, {invalid, _, _}} = on(Guard, diff_genserver_states, Pid, #{}),
        stop(Other)
    end).

a_state_is_compared_with_a_shape_test() ->
    with_server(#{count => 1, name => <<"x">>}, fun(Guard, Pid) ->
        {ok, #{valid := true, problems := [], total := 0}} =
            on(Guard, validate_genserver_state, Pid, #{shape => term(#{count => integer, name => <<"string">>})}),
        {ok, #{valid := false, problems := [#{path := {'$term', [count]}, expected := <<"float">>, found := <<"integer">>}]}} =
            on(Guard, validate_genserver_state, Pid, #{shape => term(#{count => float})}),
        {error, {invalid, _, #{field := <<"shape">>}}} =
            on(Guard, validate_genserver_state, Pid, #{shape => term(#{count => <<"number of things">>})})
    end).

a_state_is_migrated_as_a_whole_or_not_at_all_test() ->
    with_server(#{old => 1, drop => 2}, fun(Guard, Pid) ->
        Plan = #{rename => #{old => new}, drop => [drop], add => #{version => 2}},
        {ok, #{replaced := true}} = on(Guard, migrate_process_state, Pid, #{mapping => term(Plan)}),
        State = #{new => 1, version => 2},
        State = sys:get_state(Pid),
        {error, {not_found, _, _}} = on(Guard, migrate_process_state, Pid, #{mapping => term(Plan)}),
        State = sys:get_state(Pid),
        {error, {invalid, _, #{field := <<"mapping">>}}} = on(Guard, migrate_process_state, Pid, #{mapping => term([])})
    end),
    with_agent(fun(Guard) ->
        Pid = statem(open, {state, a, b}),
        Plan = #{tuple => [0, 2, 1, {value, new}]},
        {ok, #{new_form := _}} = on(Guard, migrate_process_state, Pid, #{mapping => term(Plan), path => term([1])}),
        {open, {state, b, a, new}} = sys:get_state(Pid),
        stop(Pid)
    end).
