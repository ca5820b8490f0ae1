%% Replacing the specification of a child, in one of two ways: in place, which keeps its process and its place in
%% the order and counts from the next restart on; or by ending and deleting it and starting the new one, which
%% is then the last.
-module(whitebeam_replace).

-export([handler/1]).

-define(TIMEOUT_MS, 10000).
-define(CHANGE_MS, 5000).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(replace_child_spec) -> fun replace/1;
handler(_) -> undefined.

replace(#{child_spec := Given} = Arguments) ->
    Pid = whitebeam_supervising:changeable(Arguments),
    #{form := Form, auto_shutdown := Auto} = View = whitebeam_supervising:view(Pid),
    Form =:= simple andalso shared(),
    Child = whitebeam_supervising:child(Pid, Arguments),
    Spec = whitebeam_spec:whole(whitebeam_spec:spec(with_id(Given, Child), maps:with([restart], Arguments))),
    case supervisor:check_childspecs([Spec], Auto) of
        ok -> ok;
        {error, Reason} ->
            whitebeam_arguments:fail(invalid, whitebeam_reason:text(Reason), #{field => <<"child_spec">>})
    end,
    Mode = maps:get(mode, Arguments, in_place),
    Answer = #{supervisor => Pid, mode => Mode, before => whitebeam_supervising:shown(Child)},
    run(Mode, Pid, View, Child, Spec, Answer, Arguments);
replace(_) ->
    whitebeam_arguments:fail(invalid, <<"child_spec is needed">>, #{field => <<"child_spec">>}).

-spec shared() -> no_return().
shared() ->
    Text = <<
        "all children share the specification that the supervisor's init gives; it changes with the code of that, "
        "by sys:change_code"
    >>,
    whitebeam_arguments:fail(refused, Text, #{closest => <<"restart_supervisor">>}).

%% The daemon's map may leave out the id: then it stays.
with_id(#{start := _} = Given, #{id := Id}) when not is_map_key(id, Given) ->
    Given#{id => {term, [], term_to_binary(Id)}};
with_id(Given, _) ->
    Given.

run(in_place, Pid, #{known := Known}, Child, Spec, Answer, Arguments) ->
    Known orelse whitebeam_arguments:fail(
        unsupported, <<"the form of its state is not known well enough to change it">>
    ),
    same_id(Child, Spec),
    case Arguments of
        #{dry_run := true} ->
            {ok, Answer#{'after' => new(Child, Spec), dry_run => true}};
        _ ->
            {ok, Answer#{'after' => whitebeam_supervising:shown(in_place(Pid, Child, Spec))}}
    end;
run(delete_and_start, Pid, View, Child, Spec, Answer, Arguments) ->
    unused(Pid, Child, Spec),
    case Arguments of
        #{dry_run := true} ->
            Ends = whitebeam_lineage:family(whitebeam_supervising:alive_pid(maps:get(pid, Child))),
            {ok, Answer#{'after' => new(Child, Spec), ends => Ends, dry_run => true}};
        _ ->
            {ok, Answer#{'after' => exchanged(
                Pid, View, Child, Spec, whitebeam_supervising:timeout(Arguments, ?TIMEOUT_MS)
            )}}
    end;
run(_, _, _, _, _, _, _) ->
    whitebeam_arguments:fail(invalid, <<"it is in_place or delete_and_start">>, #{field => <<"mode">>}).

new(Child, Spec) ->
    whitebeam_supervising:shown(maps:merge(Child, Spec)).

same_id(#{dynamic := true}, _) -> ok;
same_id(#{id := Id}, #{id := Id}) -> ok;
same_id(_, _) ->
    Text = <<"the id of a child cannot change in place">>,
    whitebeam_arguments:fail(refused, Text, #{field => <<"child_spec">>, closest => <<"add_child">>}).

unused(_, #{id := Id}, #{id := Id}) -> ok;
unused(_, #{dynamic := true}, _) -> ok;
unused(Pid, _, #{id := Id}) ->
    whitebeam_supervising:lookup(Pid, [{id, Id}]) =:= none orelse
        whitebeam_arguments:fail(conflict, <<"it has a child with this id">>, #{field => <<"child_spec">>}).

%% ---- in place ---------------------------------------------------------------------------------

%% The child as the supervisor has it then. Its own code is asked for the specification; if that is not the new
%% one the old comes back.
in_place(Pid, #{key := Key, dynamic := Dynamic}, Spec) ->
    Wanted =
        case Dynamic of
            true -> [{pid, Key}];
            false -> [{id, Key}]
        end,
    Old = swap(Pid, Wanted, Spec),
    case whitebeam_supervising:lookup(Pid, Wanted) of
        {ok, New} ->
            matches(Spec, New) orelse put_back(Pid, Wanted, Old),
            New;
        none ->
            gone()
    end.

%% Runs inside the supervisor; answers the child as it was.
swap(Pid, Wanted, Spec) ->
    Answer = whitebeam_sys:inside(
        Pid,
        fun(State) ->
            case whitebeam_layout:is_known(State) andalso whitebeam_layout:find(State, Wanted) of
                {ok, Child} -> {replace, whitebeam_layout:put_child(State, Child, Spec), {ok, Child}};
                _ -> {answer, none}
            end
        end,
        ?CHANGE_MS
    ),
    case Answer of
        {ok, Old} -> Old;
        none -> gone()
    end.

-spec gone() -> no_return().
gone() ->
    whitebeam_arguments:fail(conflict, <<"the child has left meanwhile">>).

matches(Spec, #{start := {M, F, _}} = New) ->
    {M, F} =:= {element(1, map_get(start, Spec)), element(2, map_get(start, Spec))} andalso
        lists:all(fun(Key) -> map_get(Key, Spec) =:= map_get(Key, New) end, [restart, shutdown, type, modules]).

-spec put_back(pid(), list(), map()) -> no_return().
put_back(Pid, Wanted, Old) ->
    _ = swap(Pid, Wanted, Old),
    whitebeam_arguments:fail(
        conflict, <<"the supervisor shows another specification than was set, so the old one was put back">>
    ).

%% ---- delete and start -------------------------------------------------------------------------

exchanged(Pid, View, Child, Spec, TimeoutMs) ->
    _ = whitebeam_remove:terminate(Pid, Child, TimeoutMs),
    ok = whitebeam_remove:deleted(Pid, Child, TimeoutMs),
    try whitebeam_add:start(View, Pid, {spec, Spec}, TimeoutMs) of
        New ->
            case is_pid(New) andalso whitebeam_supervising:lookup(Pid, [{pid, New}]) of
                {ok, Row} -> whitebeam_supervising:shown(Row);
                _ -> (new(Child, Spec))#{pid => undefined, state => terminated}
            end
    catch
        throw:{error, {Code, Text, Details}} -> undone(Code, Text, Details, Pid, View, Child, TimeoutMs)
    end.

%% The new child does not start: the old one is started again where its supervisor had kept how.
undone(Code, Text, Details, Pid, View, #{start := {_, _, Args}} = Child, TimeoutMs) when is_list(Args) ->
    Old = maps:with([id, start, restart, significant, shutdown, type, modules], Child),
    Outcome =
        try whitebeam_add:start(View, Pid, {spec, Old}, TimeoutMs) of
            _ -> <<"; the old child runs again, as the last">>
        catch
            throw:{error, _} -> <<"; nor could the old one be started again">>
        end,
    whitebeam_arguments:fail(Code, [Text, Outcome], Details);
undone(Code, Text, Details, _, _, _, _) ->
    whitebeam_arguments:fail(Code, [Text, <<"; how the old one was started is not known">>], Details).
