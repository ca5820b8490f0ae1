%% Operations that tell about applications: what is loaded, what runs, one of them, their controller.
-module(whitebeam_applications).

-export([handler/1]).

-define(MODULES, 500).
-define(ASK_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(list_applications) -> fun list/1;
handler(which_applications) -> fun which/1;
handler(get_application_info) -> fun info/1;
handler(application_controller_info) -> fun controller/1;
handler(_) -> undefined.

%% All that are loaded, those that run with the pid of their master.
list(Arguments) ->
    Masters = maps:from_list(whitebeam_application:running()),
    Types = maps:from_list(whitebeam_application:started()),
    Rows = [
        #{
            name => Name,
            description => text(Description),
            version => text(Version),
            running => is_map_key(Name, Masters),
            type => maps:get(Name, Types, undefined),
            master => maps:get(Name, Masters, undefined)
        }
     || {Name, Description, Version} <- lists:sort(application:loaded_applications()),
        not maps:get(running, Arguments, false) orelse is_map_key(Name, Masters)
    ],
    {ok, #{applications => Rows, total => length(Rows)}}.

text(Text) when is_list(Text) ->
    case unicode:characters_to_binary(lists:sublist(Text, 200)) of
        Binary when is_binary(Binary) -> Binary;
        _ -> undefined
    end;
text(_) ->
    undefined.

%% What application:which_applications/1 answers: those that run, the newest first.
which(_) ->
    Running =
        try
            application:which_applications(?ASK_MS)
        catch
            exit:_ -> whitebeam_arguments:fail(busy, <<"the application controller did not answer in time">>)
        end,
    Rows = [#{name => Name, description => text(D), version => text(V)} || {Name, D, V} <- Running],
    {ok, #{applications => Rows, total => length(Rows)}}.

info(Arguments) ->
    Name = whitebeam_application:loaded(Arguments),
    {ok, Keys} = application:get_all_key(Name),
    Modules = proplists:get_value(modules, Keys, []),
    Running = whitebeam_application:running(),
    {ok, #{
        name => Name,
        description => text(proplists:get_value(description, Keys)),
        version => text(proplists:get_value(vsn, Keys)),
        id => text(proplists:get_value(id, Keys)),
        running => lists:keymember(Name, 1, Running),
        type => proplists:get_value(Name, whitebeam_application:started()),
        master => proplists:get_value(Name, Running),
        top => whitebeam_application:top(Name),
        applications => proplists:get_value(applications, Keys, []),
        included_applications => proplists:get_value(included_applications, Keys, []),
        optional_applications => proplists:get_value(optional_applications, Keys, []),
        dependents => whitebeam_application:dependents(Name),
        registered => lists:sublist(proplists:get_value(registered, Keys, []), ?MODULES),
        modules => lists:sublist(Modules, ?MODULES),
        module_count => length(Modules),
        callback => callback(proplists:get_value(mod, Keys)),
        start_phases => phases(proplists:get_value(start_phases, Keys)),
        environment_keys => length(application:get_all_env(Name))
    }}.

callback({Module, _}) -> Module;
callback(_) -> undefined.

phases(Phases) when is_list(Phases) -> [Phase || {Phase, _} <- Phases];
phases(_) -> [].

%% What the controller itself knows, and how it fares.
controller(_) ->
    Pid = whereis(application_controller),
    Keys = [message_queue_len, memory, reductions],
    Told = told(),
    Names = fun(Key) -> [element(1, One) || One <- proplists:get_value(Key, Told, [])] end,
    {ok, (maps:from_list(erlang:process_info(Pid, Keys)))#{
        pid => Pid,
        loaded => Names(loaded),
        loading => Names(loading),
        starting => Names(starting),
        not_permitted => Names(start_p_false),
        running => Names(running),
        started => [#{name => Name, type => Type} || {Name, Type} <- proplists:get_value(started, Told, [])]
    }}.

told() ->
    try
        application:info()
    catch
        exit:_ -> whitebeam_arguments:fail(busy, <<"the application controller did not answer in time">>)
    end.
