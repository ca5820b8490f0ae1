%% Parts of the agent, and which of them an operation needs. They are loaded when they are needed
%% first; the keeper removes them with the rest.
-module(whitebeam_parts).

-export([load/1, missing/1, owners/2]).

%% Loads a part, unless it is there already. Cost: a scheduler is busy for about 0.1 ms for each
%% kilobyte.
-spec load([term()]) -> {ok, loaded} | {error, tuple()}.
load([Part, Beam]) ->
    case erlang:module_loaded(Part) orelse loaded(Part, Beam) of
        true -> {ok, loaded};
        false -> {error, {busy, <<"the last agent's code is still being left; try again">>, #{}}}
    end.

loaded(Part, Beam) ->
    erts_code_purger:soft_purge(Part) andalso code:atomic_load([{Part, "whitebeam", Beam}]) =:= ok.

%% The parts that must be loaded before the operation can run.
-spec missing(atom()) -> [module()].
missing(Operation) ->
    [Part || Part <- needed(Operation), not erlang:module_loaded(Part)].

%% tools/merge_agent puts a table in the place of this function.
needed(_) ->
    [].

%% Of these functions, which tell a module's operations, those that know this one.
%% tools/merge_agent puts a table in the place of this function, too.
-spec owners(atom(), [fun((atom()) -> term())]) -> [fun((atom()) -> term())].
owners(_, Groups) ->
    Groups.
