%% Child specifications that users write: as a map of the daemon, or as a term, in any form that OTP's
%% supervisor or Elixir's Supervisor.child_spec/2 takes. What comes out is a map that was checked.
-module(whitebeam_spec).

-export([spec/2, whole/1, args/1, list/2]).

-define(CALL_MS, 5000).

%% The specification. With a restart type among the arguments that one counts. A term {Module, Argument} or
%% Module is asked for its specification by Module:child_spec/1: that runs code of the node.
-spec spec(term(), map()) -> map().
spec(Given, Arguments) ->
    Spec = resolved(read(Given)),
    checked(
        case Arguments of
            #{restart := Restart} -> Spec#{restart => Restart};
            _ -> Spec
        end
    ).

%% A list of specifications, one after the other, with different ids.
-spec list(term(), atom()) -> [map()].
list(Given, Field) when is_list(Given) ->
    all_different([spec(One, #{}) || One <- Given], Field);
list(Given, Field) when is_map(Given) ->
    invalid(<<"it must be an array of child specifications">>, Field);
list(Given, Field) ->
    case whitebeam_arguments:term(Given) of
        Terms when is_list(Terms) -> all_different([checked(resolved(Term)) || Term <- Terms], Field);
        _ -> invalid(<<"a list of child specifications is needed">>, Field)
    end.

all_different(Specs, Field) ->
    case supervisor:check_childspecs(Specs) of
        ok -> Specs;
        {error, Reason} -> invalid(whitebeam_reason:text(Reason), Field)
    end.

%% The daemon's map, or a term.
read(#{start := Start} = Given) ->
    {Module, _, _} = MFA = start(Start),
    Id =
        case Given of
            #{id := Term} -> whitebeam_arguments:term(Term);
            _ -> Module
        end,
    maps:merge(#{id => Id, start => MFA}, maps:fold(fun optional/3, #{}, Given));
read(Given) when is_map(Given) ->
    invalid(<<"a child specification needs a start">>, child_spec);
read(Given) when is_list(Given) ->
    invalid(<<"it must be one child specification, not an array">>, child_spec);
read(Given) ->
    whitebeam_arguments:term(Given).

start(#{module := Module, function := Function} = Start) ->
    {whitebeam_arguments:atom(Module), whitebeam_arguments:atom(Function), args(maps:get(args, Start, []))};
start(#{module := Module} = Start) ->
    {whitebeam_arguments:atom(Module), start_link, args(maps:get(args, Start, []))};
start(_) ->
    invalid(<<"start needs a module">>, child_spec).

%% A list of arguments.
-spec args(term()) -> [term()].
args([]) ->
    [];
args(Given) when is_list(Given) ->
    invalid(<<"there is one specification for all children; their own arguments are given as args">>, child_spec);
args(Given) ->
    case whitebeam_arguments:term(Given) of
        List when is_list(List) -> List;
        _ -> invalid(<<"args must be a list">>, args)
    end.

optional(modules, Modules, Spec) when is_list(Modules) ->
    Spec#{modules => [whitebeam_arguments:atom(Module) || Module <- Modules]};
optional(Key, Value, Spec) when
    Key =:= restart; Key =:= shutdown; Key =:= type; Key =:= modules; Key =:= significant
->
    Spec#{Key => Value};
optional(_, _, Spec) ->
    Spec.

%% ---- what Elixir and OTP write ----------------------------------------------------------------

resolved(#{id := _, start := _} = Spec) ->
    Spec;
resolved({Id, Start, Restart, Shutdown, Type, Modules}) ->
    #{id => Id, start => Start, restart => Restart, shutdown => Shutdown, type => Type, modules => Modules};
resolved({Module, Argument}) when is_atom(Module) ->
    asked(Module, Argument);
resolved(Module) when is_atom(Module), Module =/= undefined, Module =/= nil ->
    asked(Module, []);
resolved(Other) ->
    invalid(["it is no child specification: ", whitebeam_reason:text(Other)], child_spec).

%% As Supervisor.child_spec/2 does.
asked(Module, Argument) ->
    Spec = whitebeam_bounded:run(
        fun() ->
            code:ensure_loaded(Module) =:= {module, Module} andalso
                erlang:function_exported(Module, child_spec, 1) andalso
                {spec, Module:child_spec(Argument)}
        end,
        ?CALL_MS
    ),
    case Spec of
        {spec, #{id := _, start := _} = Map} -> Map;
        {spec, {_, _, _, _, _, _} = Old} -> resolved(Old);
        {spec, _} ->
            invalid([module_text(Module), ".child_spec/1 answers no child specification"], child_spec);
        false -> invalid(["there is no ", module_text(Module), ".child_spec/1"], child_spec)
    end.

%% ---- checks -----------------------------------------------------------------------------------

checked(Spec) ->
    %% Whether auto_shutdown allows a significant child depends on the supervisor, which looks again.
    case supervisor:check_childspecs([Spec], undefined) of
        ok -> startable(Spec);
        {error, Reason} -> invalid(whitebeam_reason:text(Reason), child_spec)
    end.

%% Its module can be found, so that a typing error is told before anything is done.
startable(#{start := {Module, _, _}} = Spec) ->
    case erlang:module_loaded(Module) orelse code:which(Module) =/= non_existing of
        true -> Spec;
        false -> invalid(["there is no module ", module_text(Module)], child_spec)
    end.

module_text(Module) ->
    whitebeam_inspect:text(Module).

%% A specification with all its keys.
-spec whole(map()) -> map().
whole(#{start := {Module, _, _}} = Spec) ->
    Defaults = #{restart => permanent, significant => false, type => worker, modules => [Module]},
    Full = maps:merge(Defaults, Spec),
    maps:merge(#{shutdown => shutdown(Full)}, Full).

shutdown(#{type := supervisor}) -> infinity;
shutdown(_) -> 5000.

-spec invalid(iodata(), atom()) -> no_return().
invalid(Text, Field) ->
    whitebeam_arguments:fail(invalid, Text, #{field => atom_to_binary(Field, utf8)}).
