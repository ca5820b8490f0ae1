%% Arguments of operations as the daemon sends them. No atom is made from what a user wrote, unless
%% the daemon says that this user may. What is wrong is thrown as {error, {Code, Text, Details}}.
-module(whitebeam_arguments).

-export([process/1, alive/1, unprotected/2, unprotected_pid/2, term/1, atom/1, fail/2, fail/3, pid_text/1]).

-spec fail(atom(), iodata()) -> no_return().
fail(Code, Text) ->
    fail(Code, Text, #{}).

-spec fail(atom(), iodata(), map()) -> no_return().
fail(Code, Text, Details) ->
    throw({error, {Code, unicode:characters_to_binary(Text), Details}}).

%% The pid that is meant, alive or not. Cost: a look-up.
-spec process(tuple()) -> pid().
process({pid, Id, Serial}) ->
    case whitebeam_process:find_pid([Id, Serial]) of
        {ok, Pid} when is_pid(Pid) -> Pid;
        {ok, undefined} -> gone()
    end;
process({name, Name}) ->
    case [Pid || Atom <- atoms(Name), Pid <- [whereis(Atom)], is_pid(Pid)] of
        [Pid | _] -> Pid;
        [] -> gone()
    end.

-spec alive(tuple()) -> pid().
alive(Process) ->
    Pid = process(Process),
    case is_process_alive(Pid) of
        true -> Pid;
        false -> gone()
    end.

-spec gone() -> no_return().
gone() ->
    fail(gone, <<"the process is not alive">>).

%% A pid that may be changed or ended: processes of the runtime system only with `force`.
-spec unprotected(tuple(), map()) -> pid().
unprotected(Process, Arguments) ->
    unprotected_pid(alive(Process), Arguments).

-spec unprotected_pid(pid(), map()) -> pid().
unprotected_pid(Pid, Arguments) ->
    is_process_alive(Pid) orelse gone(),
    case whitebeam_process:protection(Pid) of
        Why when is_binary(Why), not is_map_key(force, Arguments) -> fail(protected, Why);
        Why when is_binary(Why), map_get(force, Arguments) =/= true -> fail(protected, Why);
        _ -> Pid
    end.

%% Foo is Elixir.Foo, else Foo; :foo is foo and nothing else.
atoms(Name) ->
    case first(Name) of
        $: -> existing([plain(Name)]);
        First when First >= $A, First =< $Z -> existing([<<"Elixir.", Name/binary>>, Name]);
        _ -> existing([Name])
    end.

%% No patterns of binaries: what OTP 25 compiles them to is not loaded by OTP 29.
first(Name) when byte_size(Name) > 0 -> binary:first(Name);
first(_) -> none.

plain(Name) ->
    binary:part(Name, 1, byte_size(Name) - 1).

existing(Texts) ->
    lists:append([existing_one(Text) || Text <- Texts]).

existing_one(Text) ->
    try [binary_to_existing_atom(Text, utf8)]
    catch
        error:_ -> []
    end.

%% An atom that the node knows. With `create` it is made if need be.
-spec atom(tuple()) -> atom().
atom({atom, Name}) ->
    case atoms(Name) of
        [Atom | _] -> Atom;
        [] -> unknown_atom(Name)
    end;
atom({atom, Name, create}) ->
    case atoms(Name) of
        [Atom | _] -> Atom;
        [] -> binary_to_atom(new_name(Name), utf8)
    end.

new_name(Name) ->
    case first(Name) of
        $: -> plain(Name);
        First when First >= $A, First =< $Z -> <<"Elixir.", Name/binary>>;
        _ -> Name
    end.

-spec unknown_atom(binary()) -> no_return().
unknown_atom(Name) ->
    fail(unknown_atom, [<<"the node does not know the atom ">>, Name], #{atom => Name}).

%% The term that a user wrote. Its atoms are checked first, so that the error can name one.
-spec term(tuple()) -> term().
term({term, Atoms, External}) ->
    lists:foreach(fun(Name) -> existing_one(Name) =/= [] orelse unknown_atom(Name) end, Atoms),
    decode(External);
term({term, Atoms, External, create}) ->
    lists:foreach(fun(Name) -> _ = binary_to_atom(Name, utf8) end, Atoms),
    decode(External).

decode(External) ->
    try
        binary_to_term(External, [safe])
    catch
        error:badarg -> fail(invalid, <<"the term names a process, reference or node that is not of this node">>)
    end.

%% A pid in details of an error, as everywhere in the API.
-spec pid_text(pid()) -> binary().
pid_text(Pid) ->
    list_to_binary(["#PID", pid_to_list(Pid)]).
