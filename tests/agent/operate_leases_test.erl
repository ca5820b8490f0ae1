%% Tests of leases: what is held in a node ends with its time, when it is released, and with the agent.
-module(operate_leases_test).

-export([main/0]).
-compile([export_all, nowarn_export_all]).
-import(agent_fixture, [with_agent/1, operate/3, eventually/1, idle/0]).

main() ->
    agent_fixture:run_tests(?MODULE, "leases").

%% Runs Fun with the leases of a guard of our own, as a worker would.
with_leases(Fun) ->
    Leases = whitebeam_leases:start(),
    put(whitebeam_leases, Leases),
    Fun(),
    whitebeam_leases:stop(Leases).

%% Suspends a process for Ms milliseconds.
suspend(Pid, Ms) ->
    whitebeam_leases:hold(test, Pid, #{pid => Pid}, Ms, fun() ->
        true = erlang:suspend_process(Pid),
        {ok, done, fun() -> erlang:resume_process(Pid) end}
    end).

is_suspended(Pid) ->
    process_info(Pid, status) =:= {status, suspended}.

a_lease_ends_with_its_time_test() ->
    with_leases(fun() ->
        Pid = idle(),
        {_, done} = suspend(Pid, 1),
        eventually(fun() -> not is_suspended(Pid) end),
        eventually(fun() -> whitebeam_leases:list() =:= [] end)
    end).

a_lease_ends_when_it_is_released_test() ->
    with_leases(fun() ->
        Pid = idle(),
        {Id, done} = suspend(Pid, 60000),
        true = is_suspended(Pid),
        [{Id, test, #{pid := Pid}, Left}] = whitebeam_leases:list(),
        true = Left > 50000,
        true = whitebeam_leases:release(test, Pid),
        false = is_suspended(Pid),
        false = whitebeam_leases:release(test, Pid)
    end).

the_same_is_not_held_twice_test() ->
    with_leases(fun() ->
        Pid = idle(),
        {Id, done} = suspend(Pid, 60000),
        {error, {conflict, _, #{lease := Id}}} = (catch suspend(Pid, 60000)),
        true = whitebeam_leases:release_id(Id)
    end).

what_fails_to_be_taken_is_not_held_test() ->
    with_leases(fun() ->
        {error, {refused, <<"no">>, #{}}} =
            (catch whitebeam_leases:hold(test, a, #{}, 1000, fun() -> {error, {refused, <<"no">>, #{}}} end)),
        {error, {crashed, _, #{}}} =
            (catch whitebeam_leases:hold(test, b, #{}, 1000, fun() -> error(oops) end)),
        eventually(fun() -> whitebeam_leases:list() =:= [] end)
    end).

everything_is_released_when_the_guard_is_killed_test() ->
    Pid = idle(),
    Self = self(),
    Guard = spawn(fun() ->
        put(whitebeam_leases, whitebeam_leases:start()),
        {_, done} = suspend(Pid, 60000),
        Self ! held,
        receive after infinity -> ok end
    end),
    receive held -> ok end,
    true = is_suspended(Pid),
    exit(Guard, kill),
    eventually(fun() -> not is_suspended(Pid) end).

everything_is_released_when_the_leases_process_is_killed_test() ->
    Pid = idle(),
    process_flag(trap_exit, true),
    Leases = whitebeam_leases:start(),
    put(whitebeam_leases, Leases),
    {_, done} = suspend(Pid, 60000),
    exit(Leases, kill),
    eventually(fun() -> not is_suspended(Pid) end).

an_unknown_lease_is_not_released_test() ->
    with_agent(fun(Guard) ->
        {error, {not_found, _, _}} = operate(Guard, release_lease, #{lease => 7})
    end).
