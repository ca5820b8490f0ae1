%% Operations that set many keys of the environment at once: from a list, a file, or the files that the node was
%% started with. Applications that run are told in the way of a release upgrade, by Mod:config_change/3, but
%% from a process of ours: one that hangs must not hold up the application controller.
-module(whitebeam_configuration).

-export([handler/1]).

-define(FILE_BYTES, 1048576).
-define(SHOWN, 500).
-define(TELL_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(load_application_config) -> fun load/1;
handler(reload_application_config) -> fun reload/1;
handler(_) -> undefined.

%% `config`, a list [{Application, [{Key, Value}]}], or `path`, a .config file of the node.
load(#{config := Given} = Arguments) ->
    applied(valid(whitebeam_arguments:term(Given), config), [], false, Arguments);
load(#{path := Path} = Arguments) ->
    File = unicode:characters_to_list(Path),
    applied(valid(read(File, path), path), [File], false, Arguments);
load(_) ->
    whitebeam_arguments:fail(invalid, <<"config or path is needed">>, #{field => <<"config">>}).

%% Reads the files of the node's -config arguments again. Keys that no file has stay, and those that the command
%% line has given.
reload(Arguments) ->
    case files() of
        [] ->
            Text = <<"the node was started without -config, so that there is no file to read again">>,
            whitebeam_arguments:fail(refused, Text, #{closest => <<"load_application_config">>});
        Files ->
            Config = lists:foldl(fun(File, Sum) -> merged(Sum, file(File)) end, [], Files),
            applied(Config, Files, true, Arguments)
    end.

files() ->
    [named(File) || {config, Files} <- init:get_arguments(), File <- Files].

named(File) ->
    filename:join(filename:dirname(File), filename:basename(File, ".config") ++ ".config").

%% A sys.config may name further files, from its own folder or the working one.
file(File) ->
    Parts = read(File, path),
    Included = [included(filename:dirname(File), Part) || Part <- Parts],
    lists:foldl(fun(Part, Config) -> merged(Config, Part) end, [], Included).

included(Folder, [First | _] = Name) when is_integer(First) ->
    Beside = named(filename:join(Folder, Name)),
    case filelib:is_regular(Beside) of
        true -> valid(read(Beside, path), path);
        false -> valid(read(named(Name), path), path)
    end;
included(_, One) ->
    valid([One], path).

%% One list and nothing else, in a file of a size that a configuration has.
read(File, Field) ->
    lists:suffix(".config", File) orelse bad(<<"a configuration file is called *.config">>, Field),
    case filelib:file_size(File) of
        0 -> bad([unicode:characters_to_binary(File), <<" is empty or cannot be read">>], Field);
        Size when Size > ?FILE_BYTES ->
            whitebeam_arguments:fail(
                too_large, <<"the file is too large">>, #{bytes => Size, limit => ?FILE_BYTES}
            );
        _ -> consulted(file:consult(File), File, Field)
    end.

consulted({ok, [List]}, _, _) when is_list(List) ->
    List;
consulted({error, Reason}, File, Field) ->
    bad(io_lib:format("~ts: ~ts", [File, file:format_error(Reason)]), Field);
consulted(_, File, Field) ->
    bad(io_lib:format("~ts has not exactly one list", [File]), Field).

-spec bad(iodata(), atom()) -> no_return().
bad(Text, Field) ->
    whitebeam_arguments:fail(invalid, Text, #{field => atom_to_binary(Field, utf8)}).

%% Each application and each key once, all of them atoms.
valid(Config, Field) ->
    is_list(Config) andalso lists:all(fun is_part/1, Config) andalso different(Config) orelse
        bad(<<"it is not a list of {Application, [{Key, Value}]} with each once">>, Field),
    Config.

is_part({Name, List}) when is_atom(Name), is_list(List) ->
    lists:all(fun is_pair/1, List) andalso different(List);
is_part(_) ->
    false.

is_pair({Key, _}) -> is_atom(Key);
is_pair(_) -> false.

different(List) ->
    length(lists:usort([element(1, One) || One <- List])) =:= length(List).

%% What comes later counts.
merged(Config, More) ->
    lists:foldl(
        fun({Name, List}, C) -> lists:keystore(Name, 1, C, {Name, over(Name, C, List)}) end, Config, More
    ).

over(Name, Config, List) ->
    Old = proplists:get_value(Name, Config, []),
    lists:foldl(fun({Key, _} = One, Keys) -> lists:keystore(Key, 1, Keys, One) end, Old, List).

%% ---- applying ---------------------------------------------------------------------------------

applied(Config, Files, Notify, Arguments) ->
    Changes = lists:append([changes(Name, List, Files =/= [], Arguments) || {Name, List} <- Config]),
    Answer = #{
        files => [unicode:characters_to_binary(File) || File <- Files],
        total => length(Changes),
        changes => [shown(Change) || Change <- lists:sublist(Changes, ?SHOWN)]
    },
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{dry_run => true, told => []}};
        _ ->
            Persistent = maps:get(persistent, Arguments, false),
            New = [Change || #{change := What} = Change <- Changes, What =:= new orelse What =:= changed],
            ok = set(New, Persistent),
            Told = [tell(Name, New) || maps:get(notify, Arguments, Notify), Name <- told(New)],
            {ok, Answer#{set => length([1 || Change <- New, is_set(Change)]), told => Told}}
    end.

shown(Change) ->
    maps:with([application, key, change], Change).

changes(Name, List, FromFile, Arguments) ->
    Given = [list_to_binary(Key) || FromFile, Key <- command_line(Name)],
    System = not maps:get(force, Arguments, false) andalso (Name =:= kernel orelse Name =:= stdlib),
    [change(Name, Key, Value, Given, System) || {Key, Value} <- List].

%% new, changed or same; or why it is left alone: kept (the command line has given it), protected.
change(Name, Key, Value, Given, System) ->
    Change = #{application => Name, key => Key, value => Value},
    case application:get_env(Name, Key) of
        {ok, Value} -> Change#{change => same};
        Now -> Change#{change => kind(Now, lists:member(atom_to_binary(Key, utf8), Given), System)}
    end.

kind(_, true, _) -> kept;
kind(_, _, true) -> protected;
kind({ok, _}, _, _) -> changed;
kind(undefined, _, _) -> new.

%% Keys of -Application Key Value.
command_line(Name) ->
    lists:append([every_other(Words) || {Flag, Words} <- init:get_arguments(), Flag =:= Name]).

every_other([Key, _ | More]) -> [Key | every_other(More)];
every_other(_) -> [].

set(Changes, Persistent) ->
    lists:foreach(
        fun(#{application := Name, key := Key, value := Value}) ->
            ok = application:set_env(Name, Key, Value, [{persistent, Persistent}])
        end,
        Changes
    ).

is_set(#{application := Name, key := Key, value := Value}) ->
    application:get_env(Name, Key) =:= {ok, Value}.

%% Running applications whose callback wants to know.
told(Changes) ->
    Running = [Name || {Name, _} <- whitebeam_application:running()],
    Changed = lists:usort([Name || #{application := Name} <- Changes]),
    [Name || Name <- Changed, lists:member(Name, Running), callback(Name) =/= none].

callback(Name) ->
    case application:get_key(Name, mod) of
        {ok, {Module, _}} ->
            case erlang:function_exported(Module, config_change, 3) of
                true -> Module;
                false -> none
            end;
        _ ->
            none
    end.

tell(Name, Changes) ->
    Mine = [Change || #{application := One} = Change <- Changes, One =:= Name],
    Of = fun(What) -> [{K, V} || #{change := C, key := K, value := V} <- Mine, C =:= What] end,
    Module = callback(Name),
    Result =
        try whitebeam_bounded:run(fun() -> Module:config_change(Of(changed), Of(new), []) end, ?TELL_MS) of
            ok -> <<"ok">>;
            Other -> unicode:characters_to_binary(io_lib:format("~0tP", [Other, 20]))
        catch
            throw:{error, {_, Text, _}} -> Text
        end,
    #{application => Name, callback => Module, result => Result}.
