%% Operations on Elixir's Registry, and what all registries of the node hold.
%%
%% A Registry is a supervisor with a public table of its own name. Its entries belong to the processes
%% that made them, so they are made, changed and removed inside those, by Registry's own functions.
-module(whitebeam_elixir_registry).

-export([handler/1, registries/0]).

-define(REGISTRY, 'Elixir.Registry').
-define(SEARCHED, 100000).
-define(META, 200).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(register_process_with_metadata) -> fun register_process_with_metadata/1;
handler(update_process_metadata) -> fun update_process_metadata/1;
handler(remove_registry_entry) -> fun remove_registry_entry/1;
handler(search_registry_by_metadata) -> fun search_registry_by_metadata/1;
handler(list_registry_contents) -> fun list_registry_contents/1;
handler(_) -> undefined.

%% ---- registries -------------------------------------------------------------------------------

%% Names of the registries that run. Cost: a look-up for each registered name.
-spec registries() -> [atom()].
registries() ->
    [Name || Name <- lists:sort(registered()), kind(Name) =/= none].

%% unique, duplicate, or none if it is no Registry. The table's row -2 says how it is built.
kind(Name) ->
    case {whereis(Name), ets:info(Name, owner), ets:info(Name, protection)} of
        {Pid, Pid, public} when is_pid(Pid) -> kind_of(ets:lookup(Name, -2));
        _ -> none
    end.

kind_of([{-2, Kinds}]) when is_tuple(Kinds), tuple_size(Kinds) >= 2 ->
    case element(1, Kinds) of
        unique -> unique;
        duplicate -> duplicate;
        {duplicate, _} -> duplicate;
        _ -> none
    end;
kind_of(_) ->
    none.

registry(Argument) ->
    Name = whitebeam_arguments:atom(Argument),
    case kind(Name) of
        none ->
            whitebeam_arguments:fail(not_found, [<<"no Registry ">>, atom_to_binary(Name), <<" runs here">>], #{
                field => <<"registry">>, running => [atom_to_binary(One) || One <- registries()]
            });
        Kind -> {Name, Kind}
    end.

%% ---- entries ----------------------------------------------------------------------------------

%% Registers a process under a key with a value, inside the process. Without `registry`, under a name of
%% the node: that has no room for metadata, so whoever asked keeps them.
register_process_with_metadata(#{registry := Registry, key := KeyTerm} = Arguments) ->
    #{pid := Process, metadata := Term} = Arguments,
    {Name, Kind} = registry(Registry),
    Key = whitebeam_arguments:term(KeyTerm),
    Value = whitebeam_arguments:term(Term),
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    ok = whitebeam_sys:check(Pid),
    ok = is_free(Kind, Name, Key),
    Answer = #{registry => Name, key => {'$term', Key}, pid => Pid, registered => false, kept_in => node},
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            ok = succeeded(inside(Pid, register, [Name, Key, Value], Arguments)),
            {ok, Answer#{registered => values(Name, Key, Pid) =/= []}}
    end;
register_process_with_metadata(#{name := Name, metadata := Term} = Arguments) ->
    Metadata = whitebeam_arguments:term(Term),
    Registered = whitebeam_registry:register_local(whitebeam_arguments:atom(Name), Arguments),
    {ok, Registered#{kept_in => daemon, metadata => {'$term', Metadata}}};
register_process_with_metadata(_) ->
    Text = <<"give `registry` and `key`, or `name`">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"registry">>}).

is_free(duplicate, _, _) -> ok;
is_free(unique, Name, Key) ->
    case ?REGISTRY:lookup(Name, Key) of
        [] -> ok;
        [{Owner, _} | _] ->
            Details = #{field => <<"key">>, owner => whitebeam_arguments:pid_text(Owner)},
            whitebeam_arguments:fail(conflict, <<"the key is taken">>, Details)
    end.

%% Runs a function of Registry inside the process; it stays the owner of its entries.
inside(Pid, Function, Arguments, Options) ->
    Timeout = whitebeam_state_access:timeout(Options),
    Call = fun(_) ->
        try {answer, {ok, apply(?REGISTRY, Function, Arguments)}}
        catch
            Class:Reason -> {answer, {failed, {Class, Reason}}}
        end
    end,
    case whitebeam_sys:inside(Pid, Call, Timeout) of
        {ok, Result} -> Result;
        {failed, Why} -> whitebeam_arguments:fail(crashed, io_lib:format("Registry failed: ~0tP", [Why, 20]))
    end.

succeeded({ok, _}) -> ok;
succeeded({error, {already_registered, _}}) ->
    whitebeam_arguments:fail(conflict, <<"the key was taken meanwhile">>, #{field => <<"key">>});
succeeded(Other) ->
    whitebeam_arguments:fail(crashed, io_lib:format("Registry answered ~0tP", [Other, 12])).

values(Name, Key, Pid) ->
    [Value || {Owner, Value} <- ?REGISTRY:lookup(Name, Key), Owner =:= Pid].

%% Changes the value of an entry, inside its owner. With `name` whoever asked keeps the metadata, and learns
%% here who has the name.
update_process_metadata(#{registry := Registry, key := KeyTerm, metadata := Term} = Arguments) ->
    Name = unique(registry(Registry)),
    Key = whitebeam_arguments:term(KeyTerm),
    Value = whitebeam_arguments:term(Term),
    {Owner, Old} = only(Name, Key),
    _ = whitebeam_arguments:unprotected_pid(Owner, Arguments),
    ok = whitebeam_sys:check(Owner),
    Answer = #{
        registry => Name, key => {'$term', Key}, pid => Owner, old => shown(Key, Old), new => shown(Key, Value),
        updated => false, kept_in => node
    },
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            _ = inside(Owner, update_value, [Name, Key, fun(_) -> Value end], Arguments),
            {ok, Answer#{updated => values(Name, Key, Owner) =:= [Value]}}
    end;
update_process_metadata(#{name := Name, metadata := Term}) ->
    Metadata = whitebeam_arguments:term(Term),
    {ok, Found} = whitebeam_registry:owner_of(whitebeam_arguments:atom(Name)),
    {ok, Found#{kept_in => daemon, metadata => {'$term', Metadata}}};
update_process_metadata(_) ->
    Text = <<"give `registry` and `key`, or `name`">>,
    whitebeam_arguments:fail(invalid, Text, #{field => <<"registry">>}).

unique({Name, unique}) ->
    Name;
unique({_, duplicate}) ->
    Text = <<"an entry of a Registry with duplicate keys cannot be changed in place">>,
    whitebeam_arguments:fail(refused, Text, #{
        field => <<"registry">>, closest => <<"remove_registry_entry, register_process_with_metadata">>
    }).

only(Name, Key) ->
    case ?REGISTRY:lookup(Name, Key) of
        [{Owner, Value}] -> {Owner, Value};
        [] -> whitebeam_arguments:fail(not_found, <<"the Registry has no such key">>, #{field => <<"key">>})
    end.

%% Removes the entries that a process has under a key, inside the process.
remove_registry_entry(#{registry := Registry, key := KeyTerm, pid := Process} = Arguments) ->
    {Name, _} = registry(Registry),
    Key = whitebeam_arguments:term(KeyTerm),
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    ok = whitebeam_sys:check(Pid),
    Entries = values(Name, Key, Pid),
    Entries =/= [] orelse
        whitebeam_arguments:fail(not_found, <<"the process has no entry under that key">>, #{field => <<"key">>}),
    Answer = #{registry => Name, key => {'$term', Key}, pid => Pid, entries => length(Entries), removed => false},
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            _ = inside(Pid, unregister, [Name, Key], Arguments),
            {ok, Answer#{removed => values(Name, Key, Pid) =:= []}}
    end.

shown(Key, Value) ->
    whitebeam_state_shape:shown([Key], Value).

%% ---- searching --------------------------------------------------------------------------------

%% Entries whose value equals the given one, or, where both are maps, has its keys and values. In one
%% Registry or in all. With `names`, who has those names of the node, as `owners`. Cost: a copy of the
%% entries of each registry, which must not be too many.
search_registry_by_metadata(#{metadata := Term} = Arguments) ->
    Wanted = whitebeam_arguments:term(Term),
    Names =
        case Arguments of
            #{registry := Registry} -> [element(1, registry(Registry))];
            _ -> registries()
        end,
    Found = [{Name, Entry} || Name <- Names, {_, _, Value} = Entry <- entries(Name), matches(Wanted, Value)],
    Page = whitebeam_bounds:page(entries, Found, Arguments),
    {ok, Page#{
        searched => Names,
        wanted => {'$term', Wanted},
        owners => owners(Arguments),
        entries := [entry_row(Name, Entry) || {Name, Entry} <- maps:get(entries, Page)]
    }}.

owners(Arguments) ->
    [
        #{name => Name, pid => Pid}
     || Name <- maps:get(names, Arguments, []), {ok, Pid} <- [whitebeam_process:whereis_name([Name])], is_pid(Pid)
    ].

matches(Same, Same) -> true;
matches(Wanted, Value) when is_map(Wanted), is_map(Value) ->
    maps:fold(
        fun(Key, Part, Fits) -> Fits andalso is_map_key(Key, Value) andalso matches(Part, maps:get(Key, Value)) end,
        true,
        Wanted
    );
matches(_, _) -> false.

entries(Name) ->
    case ?REGISTRY:count(Name) of
        Count when Count > ?SEARCHED ->
            Details = #{field => <<"registry">>, size => Count, limit => ?SEARCHED},
            whitebeam_arguments:fail(too_large, [atom_to_binary(Name), <<" has too many entries">>], Details);
        _ ->
            lists:sort(?REGISTRY:select(Name, [{{'$1', '$2', '$3'}, [], [{{'$1', '$2', '$3'}}]}]))
    end.

entry_row(Name, {Key, Pid, Value}) ->
    (entry_row({Key, Pid, Value}))#{registry => Name}.

entry_row({Key, Pid, Value}) ->
    #{key => {'$term', Key}, pid => Pid, value => shown(Key, Value)}.

%% ---- contents ---------------------------------------------------------------------------------

%% All registries of the node with how much they hold, or with `registry` the entries of one Registry, a
%% page of them, or those under `key`.
list_registry_contents(#{registry := Registry} = Arguments) ->
    {Name, Kind} = registry(Registry),
    Page = whitebeam_bounds:page(entries, entries(Name, Arguments), Arguments),
    {ok, Page#{
        registry => Name,
        keys => Kind,
        meta => meta(Name),
        entries := [entry_row(Entry) || Entry <- maps:get(entries, Page)]
    }};
list_registry_contents(_) ->
    {ok, #{
        'local' => #{names => length(registered())},
        global => #{names => global_count()},
        groups => [#{scope => Scope, groups => length(pg:which_groups(Scope))} || Scope <- whitebeam_groups:scopes()],
        registries => [
            #{registry => Name, keys => kind(Name), entries => ?REGISTRY:count(Name), pid => whereis(Name)}
         || Name <- registries()
        ]
    }}.

entries(Name, #{key := KeyTerm}) ->
    Key = whitebeam_arguments:term(KeyTerm),
    [{Key, Pid, Value} || {Pid, Value} <- ?REGISTRY:lookup(Name, Key)];
entries(Name, _) ->
    entries(Name).

global_count() ->
    case whereis(global_name_server) of
        undefined -> 0;
        _ -> length(global:registered_names())
    end.

%% What Registry.put_meta/3 has stored: rows of the table beside those of Registry itself, whose keys
%% are integers.
meta(Name) ->
    case ets:info(Name, size) of
        Size when is_integer(Size), Size =< ?META ->
            Rows = [Row || {Key, _} = Row <- lists:sort(ets:tab2list(Name)), not is_integer(Key)],
            [#{key => {'$term', Key}, value => shown(Key, Value)} || {Key, Value} <- Rows];
        _ -> undefined
    end.
