%% Operations on names: those of the node, and those that `global` keeps for the whole cluster.
-module(whitebeam_registry).

-export([handler/1, register_local/2, owner_of/1]).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(register_process) -> fun register_process/1;
handler(unregister_process) -> fun unregister_process/1;
handler(whereis_process) -> fun whereis_process/1;
handler(registered_names) -> fun registered_names/1;
handler(register_process_globally) -> fun register_process_globally/1;
handler(unregister_process_globally) -> fun unregister_process_globally/1;
handler(global_whereis_name) -> fun global_whereis_name/1;
handler(list_global_names) -> fun list_global_names/1;
handler(_) -> undefined.

%% ---- names of the node ------------------------------------------------------------------------

%% Gives a process a name. A process has at most one. Cost: a look-up.
register_process(#{name := Name} = Arguments) ->
    {ok, register_local(whitebeam_arguments:atom(Name), Arguments)}.

-spec register_local(atom(), map()) -> map().
register_local(Name, #{pid := Process} = Arguments) ->
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    Name =/= undefined orelse bad_name(<<"a process cannot be called undefined">>),
    ok = is_free(Name),
    ok = is_nameless(Pid),
    Answer = #{name => Name, pid => Pid, registered => false},
    case Arguments of
        #{dry_run := true} ->
            Answer#{dry_run => true};
        _ ->
            try register(Name, Pid)
            catch
                error:badarg ->
                    Text = <<"the name was taken, or the process ended, meanwhile">>,
                    whitebeam_arguments:fail(conflict, Text)
            end,
            Answer#{registered => whereis(Name) =:= Pid}
    end.

-spec bad_name(binary()) -> no_return().
bad_name(Text) ->
    whitebeam_arguments:fail(invalid, Text, #{field => <<"name">>}).

is_free(Name) ->
    case whereis(Name) of
        undefined -> ok;
        Owner ->
            Text = [<<"the name ">>, atom_to_binary(Name), <<" is taken">>],
            whitebeam_arguments:fail(conflict, Text, #{field => <<"name">>, owner => owner_text(Owner)})
    end.

is_nameless(Pid) ->
    case erlang:process_info(Pid, registered_name) of
        {registered_name, Name} ->
            Text = [<<"the process has the name ">>, atom_to_binary(Name), <<" already, and can have only one">>],
            Details = #{registered_name => atom_to_binary(Name), closest => <<"unregister_process">>},
            whitebeam_arguments:fail(conflict, Text, Details);
        _ -> ok
    end.

owner_text(Owner) when is_pid(Owner) -> whitebeam_arguments:pid_text(Owner);
owner_text(Owner) -> list_to_binary(erlang:port_to_list(Owner)).

%% Takes a name away. The process goes on; who sends to the name fails from then on.
unregister_process(#{name := NameArgument} = Arguments) ->
    Name = whitebeam_arguments:atom(NameArgument),
    Owner = owner(Name),
    ok = unprotected(Owner, Arguments),
    Answer = maps:merge(whitebeam_bounds:other(Owner), #{name => Name, unregistered => false}),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            try unregister(Name)
            catch
                error:badarg -> whitebeam_arguments:fail(conflict, <<"the name was taken away meanwhile">>)
            end,
            {ok, Answer#{unregistered => whereis(Name) =/= Owner, owner_now => owner_now(whereis(Name))}}
    end.

%% Who has a name that somebody must have.
-spec owner_of(atom()) -> {ok, map()}.
owner_of(Name) ->
    {ok, #{name => Name, pid => owner_now(owner(Name))}}.

owner(Name) ->
    case whereis(Name) of
        undefined ->
            Text = [<<"nothing has the name ">>, atom_to_binary(Name)],
            whitebeam_arguments:fail(not_found, Text, #{field => <<"name">>});
        Owner -> Owner
    end.

owner_now(Pid) when is_pid(Pid) -> Pid;
owner_now(_) -> undefined.

unprotected(_, #{force := true}) ->
    ok;
unprotected(Port, _) when is_port(Port) ->
    whitebeam_arguments:fail(protected, <<"the name is a port's">>);
unprotected(Pid, _) ->
    case whitebeam_process:protection(Pid) of
        none -> ok;
        Why -> whitebeam_arguments:fail(protected, Why)
    end.

%% Who has a name. One that the node does not even know is nobody's.
whereis_process(#{name := Name}) ->
    Found =
        try whereis(whitebeam_arguments:atom(Name))
        catch
            throw:{error, {unknown_atom, _, _}} -> undefined
        end,
    {ok, (found(Found))#{name => name_text(Name), registered => Found =/= undefined}}.

found(undefined) -> #{pid => undefined};
found(Owner) when is_pid(Owner) -> #{pid => Owner};
found(Owner) -> #{pid => undefined, port => {'$inspect', Owner}}.

name_text(Name) -> element(2, Name).

%% All names of the node, a page of them, in order; with `prefix`, those that begin so.
registered_names(Arguments) ->
    Prefix = maps:get(prefix, Arguments, <<>>),
    Names = [Name || Name <- lists:sort(registered()), starts(atom_to_binary(Name), Prefix)],
    Page = whitebeam_bounds:page(names, Names, Arguments),
    {ok, Page#{names := [(found(whereis(Name)))#{name => Name} || Name <- maps:get(names, Page)]}}.

%% Elixir's names are given as they are shown, or with their prefix.
starts(Name, Prefix) ->
    begins(Name, Prefix) orelse begins(Name, <<"Elixir.", Prefix/binary>>).

begins(_, <<>>) -> true;
begins(Name, Prefix) -> string:prefix(Name, Prefix) =/= nomatch.

%% ---- names of the cluster ---------------------------------------------------------------------

%% Registers a process on all connected nodes, under any term. It takes a lock on each of them.
register_process_globally(#{pid := Process, name := NameArgument} = Arguments) ->
    Name = whitebeam_arguments:term(NameArgument),
    Pid = whitebeam_arguments:unprotected(Process, Arguments),
    ok = is_global(),
    ok = is_free_globally(Name),
    Resolve = maps:get(resolve, Arguments, random_exit_name),
    Answer = #{name => {'$term', Name}, pid => Pid, resolve => Resolve, nodes => nodes_known(), registered => false},
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true}};
        _ ->
            case global:register_name(Name, Pid, resolver(Resolve)) of
                yes -> {ok, Answer#{registered => global:whereis_name(Name) =:= Pid}};
                no -> whitebeam_arguments:fail(conflict, <<"global refused: the name was taken meanwhile">>)
            end
    end.

%% What happens to two processes of one name when their networks meet.
resolver(random_exit_name) -> fun global:random_exit_name/3;
resolver(random_notify_name) -> fun global:random_notify_name/3;
resolver(notify_all_name) -> fun global:notify_all_name/3;
resolver(_) ->
    whitebeam_arguments:fail(invalid, <<"there is no such way to resolve a conflict">>, #{
        field => <<"resolve">>, allowed => [<<"random_exit_name">>, <<"random_notify_name">>, <<"notify_all_name">>]
    }).

is_global() ->
    is_pid(whereis(global_name_server)) orelse
        whitebeam_arguments:fail(unsupported, <<"no global name server runs on this node">>),
    ok.

nodes_known() ->
    [node() | nodes()].

is_free_globally(Name) ->
    case global:whereis_name(Name) of
        undefined -> ok;
        Owner ->
            Details = #{field => <<"name">>, owner => owner_text(Owner)},
            whitebeam_arguments:fail(conflict, <<"the global name is taken">>, Details)
    end.

unregister_process_globally(#{name := NameArgument} = Arguments) ->
    Name = whitebeam_arguments:term(NameArgument),
    ok = is_global(),
    case global:whereis_name(Name) of
        undefined ->
            whitebeam_arguments:fail(not_found, <<"nothing has that global name">>, #{field => <<"name">>});
        Owner ->
            node(Owner) =:= node() andalso unprotected(Owner, Arguments),
            Answer = maps:merge(whitebeam_bounds:other(Owner), #{name => {'$term', Name}, unregistered => false}),
            {ok, taken_away(Name, Arguments, Answer)}
    end.

taken_away(_, #{dry_run := true}, Answer) ->
    Answer#{dry_run => true};
taken_away(Name, _, Answer) ->
    _ = global:unregister_name(Name),
    Answer#{unregistered => global:whereis_name(Name) =:= undefined}.

global_whereis_name(#{name := NameArgument}) ->
    Name = whitebeam_arguments:term(NameArgument),
    ok = is_global(),
    case global:whereis_name(Name) of
        undefined -> {ok, #{name => {'$term', Name}, pid => undefined, registered => false}};
        Pid -> {ok, (whitebeam_bounds:other(Pid))#{name => {'$term', Name}, registered => true}}
    end.

%% All global names that this node knows, a page of them.
list_global_names(Arguments) ->
    ok = is_global(),
    Page = whitebeam_bounds:page(names, lists:sort(global:registered_names()), Arguments),
    {ok, Page#{names := [
        #{name => {'$term', Name}, pid => owner_now(global:whereis_name(Name))}
     || Name <- maps:get(names, Page)
    ]}}.
