%% What differs between two states: by keys of maps, structs and keyword lists, and by position in tuples
%% and lists.
-module(whitebeam_state_diff).

-export([handler/1, diff/3]).

-define(QUEUE, 1000).
-define(MEMORY, 67108864).
-define(MOST, 200).

%% The operations of this module, see whitebeam_operate.
-spec handler(atom()) -> fun((map()) -> {ok, term()}) | undefined.
handler(diff_genserver_states) -> fun diff_genserver_states/1;
handler(_) -> undefined.

%% Compares the states of two processes (`pid`, `other`), as they show themselves, or the state of one
%% with a given one (`state`). Cost: a copy of each state.
diff_genserver_states(#{pid := Process, other := OtherProcess} = Arguments) ->
    {Pid, Old} = shown(Process, Arguments),
    {Other, New} = shown(OtherProcess, Arguments),
    {ok, (answer(Old, New, Arguments))#{pid => Pid, other => Other}};
diff_genserver_states(#{pid := Process, state := Term} = Arguments) ->
    Old = whitebeam_arguments:term(Term),
    Pid = whitebeam_arguments:alive(Process),
    {New, Hash} = whitebeam_state_access:copy(Pid, Arguments),
    {ok, (answer(Old, New, Arguments))#{pid => Pid, hash => Hash}};
diff_genserver_states(_) ->
    whitebeam_arguments:fail(invalid, <<"give `other`, a second process, or `state`">>, #{field => <<"other">>}).

shown(Process, Arguments) ->
    Pid = whitebeam_arguments:alive(Process),
    Limits = [whitebeam_state_access:timeout(Arguments), ?QUEUE, ?MEMORY, whitebeam_state_access:limit()],
    case whitebeam_state:state([Pid | Limits]) of
        {ok, {_, _, State}} -> {Pid, State};
        {error, {Code, Text, _}} ->
            whitebeam_arguments:fail(Code, Text, #{pid => whitebeam_arguments:pid_text(Pid)})
    end.

answer(Old, New, Arguments) ->
    {Rows, Total} = diff(Old, New, whitebeam_bounds:limit(limit, Arguments, ?MOST)),
    #{
        equal => Total =:= 0,
        old_form => whitebeam_state_shape:form(Old),
        new_form => whitebeam_state_shape:form(New),
        changes => [row(One) || One <- Rows],
        total => Total,
        left_out => Total - length(Rows)
    }.

row({Path, added, _, New}) ->
    #{path => {'$term', Path}, change => added, new => whitebeam_state_shape:shown(Path, New)};
row({Path, removed, Old, _}) ->
    #{path => {'$term', Path}, change => removed, old => whitebeam_state_shape:shown(Path, Old)};
row({Path, changed, Old, New}) ->
    #{
        path => {'$term', Path},
        change => changed,
        old => whitebeam_state_shape:shown(Path, Old),
        new => whitebeam_state_shape:shown(Path, New)
    }.

%% {Path, added | removed | changed, Old, New} in the order of the terms, at most Most, and how many there are.
%% Cost: a step for each part of both terms.
-spec diff(term(), term(), non_neg_integer()) -> {[{[term()], atom(), term(), term()}], non_neg_integer()}.
diff(Old, New, Most) ->
    {Rows, Total} = diff(Old, New, [], Most, {[], 0}),
    {lists:reverse(Rows), Total}.

diff(Same, Same, _, _, Sum) ->
    Sum;
diff(Old, New, Path, Most, Sum) when is_map(Old), is_map(New) ->
    keys(lists:usort(maps:keys(Old) ++ maps:keys(New)), Old, New, Path, Most, Sum);
diff(Old, New, Path, Most, Sum) when is_tuple(Old), is_tuple(New), tuple_size(Old) =:= tuple_size(New) ->
    positions(tuple_to_list(Old), tuple_to_list(New), 0, Path, Most, Sum);
diff([_ | _] = Old, [_ | _] = New, Path, Most, Sum) ->
    case is_keyword(Old, #{}) andalso is_keyword(New, #{}) of
        true ->
            {Before, After} = {maps:from_list(Old), maps:from_list(New)},
            Keys = lists:usort(maps:keys(Before) ++ maps:keys(After)),
            in_order(Old, New, Path, Most, keys(Keys, Before, After, Path, Most, Sum), Sum);
        false ->
            positions(Old, New, 0, Path, Most, Sum)
    end;
diff(Old, New, Path, Most, Sum) ->
    note(Path, changed, Old, New, Most, Sum).

keys([], _, _, _, _, Sum) ->
    Sum;
keys([Key | Keys], Old, New, Path, Most, Sum) ->
    Here = [Key | Path],
    Next =
        case {Old, New} of
            {#{Key := Before}, #{Key := After}} -> diff(Before, After, Here, Most, Sum);
            {#{Key := Before}, _} -> note(Here, removed, Before, undefined, Most, Sum);
            {_, #{Key := After}} -> note(Here, added, undefined, After, Most, Sum)
        end,
    keys(Keys, Old, New, Path, Most, Next).

%% Two keyword lists of equal entries differ in their order alone.
in_order(Old, New, Path, Most, Sum, Sum) -> note(Path, changed, Old, New, Most, Sum);
in_order(_, _, _, _, Now, _) -> Now.

positions([Same | Old], [Same | New], N, Path, Most, Sum) ->
    positions(Old, New, N + 1, Path, Most, Sum);
positions([Before | Old], [After | New], N, Path, Most, Sum) ->
    positions(Old, New, N + 1, Path, Most, diff(Before, After, [N | Path], Most, Sum));
positions([Before | Old], [], N, Path, Most, Sum) ->
    positions(Old, [], N + 1, Path, Most, note([N | Path], removed, Before, undefined, Most, Sum));
positions([], [After | New], N, Path, Most, Sum) ->
    positions([], New, N + 1, Path, Most, note([N | Path], added, undefined, After, Most, Sum));
positions(Same, Same, _, _, _, Sum) ->
    Sum;
positions(OldTail, NewTail, N, Path, Most, Sum) ->
    note([N | Path], changed, OldTail, NewTail, Most, Sum).

note(Path, Change, Old, New, Most, {Rows, Total}) when Total < Most ->
    {[{lists:reverse(Path), Change, Old, New} | Rows], Total + 1};
note(_, _, _, _, _, {Rows, Total}) ->
    {Rows, Total + 1}.

%% Pairs with atoms first, no key twice.
is_keyword([{Key, _} | Rest], Seen) when is_atom(Key), not is_map_key(Key, Seen) ->
    is_keyword(Rest, Seen#{Key => true});
is_keyword([], _) -> true;
is_keyword(_, _) -> false.
