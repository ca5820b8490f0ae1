# What Elixir and Erlang themselves make of texts, for term_read_oracle_test.c.
#
#   elixir   prints three fields of base64 for each line of term_read_elixir.txt: the text; the
#            external form of the term that it is, or nothing if it is no literal; and who reads it:
#            "both", "ours" (only Whitebeam does), "theirs" (it does not), or "any" for texts that
#            were put together from the others
#   erlang   the same for term_read_erlang.txt
#
# In these files, ⏎ stands for a new line, ⇥ for a tab, ␍ ␌ ␋ ␀ ␁ for control characters, and ⍽ for a
# no-break space.

defmodule Texts do
  @marks %{
    "⏎" => "\n",
    "⇥" => "\t",
    "␍" => "\r",
    "␌" => "\f",
    "␋" => "\v",
    "␀" => "\0",
    "␁" => "\x01",
    "⍽" => "\u00A0"
  }

  def read(file) do
    lines = file |> File.read!() |> String.split("\n") |> Enum.drop(-1)
    Enum.map(lines, &String.replace(&1, Map.keys(@marks), fn mark -> @marks[mark] end))
  end

  # Names with each of the letters that need no quotes.
  def letters do
    for range <- [0xC0..0x17F, 0x1E00..0x1EFF, 0x3041..0x3096, 0x30A1..0x30FA, 0x4E00..0x9FFF//97],
        letter <- range,
        text <- [":#{<<letter::utf8>>}", "a#{<<letter::utf8>>}", <<letter::utf8>>],
        do: text
  end

  # Texts that differ from the given ones in a few characters, or have two of them in brackets.
  def mutants(texts, count) do
    :rand.seed(:exsss, {1, 2, 3})
    texts = List.to_tuple(texts)
    Enum.map(1..count, fn _ -> mutant(:rand.uniform(5), pick(texts), pick(texts)) end)
  end

  defp pick(tuple), do: elem(tuple, :rand.uniform(tuple_size(tuple)) - 1)

  defp mutant(1, a, b), do: "[" <> a <> ", " <> b <> "]"
  defp mutant(2, a, b), do: "{" <> a <> "," <> b <> "}"
  defp mutant(3, a, _), do: edit(a, fn before, rest -> before <> drop(rest) end)
  defp mutant(4, a, b), do: edit(a, fn before, rest -> before <> some(b) <> rest end)
  defp mutant(5, a, b), do: edit(a, fn before, rest -> before <> some(b) <> drop(rest) end)

  defp edit(text, fun) do
    {before, rest} = String.split_at(text, :rand.uniform(String.length(text) + 1) - 1)
    fun.(before, rest)
  end

  defp drop(text), do: elem(String.split_at(text, 1), 1)
  defp some(text), do: text |> drop() |> String.slice(0, :rand.uniform(3))
end

defmodule ElixirReader do
  # The literal that a text is, from its syntax tree; nothing but literals is evaluated.
  def read(text) do
    {:ok, tree} = Code.string_to_quoted(text)
    {:ok, literal(tree)}
  rescue
    _ -> :error
  catch
    _, _ -> :error
  end

  defp literal({word, _, context}) when is_atom(word) and is_atom(context), do: word(word)
  defp literal({:{}, _, items}), do: List.to_tuple(Enum.map(items, &literal/1))

  defp literal({:%{}, _, pairs}),
    do: map(Enum.map(pairs, fn {k, v} -> {literal(k), literal(v)} end))

  defp literal({:%, _, [{:__aliases__, _, _} = name, {:%{}, _, pairs}]}), do: named(name, pairs)
  defp literal({:__aliases__, _, _} = tree), do: evaluate(tree)
  defp literal({:.., _, [_, _]} = tree), do: range(tree)
  defp literal({:"..//", _, [_, _, _]} = tree), do: range(tree)
  defp literal({:<<>>, _, segments} = tree), do: bits(Enum.all?(segments, &segment?/1), tree)

  defp literal({sigil, _, [{:<<>>, _, [text]}, _]} = tree)
       when sigil in [:sigil_c, :sigil_C, :sigil_s, :sigil_S, :sigil_w, :sigil_W] and
              is_binary(text),
       do: evaluate(tree)

  defp literal({sign, _, [number]}) when sign in [:-, :+] and is_number(number),
    do: if(sign == :-, do: -number, else: number)

  defp literal({a, b}), do: {literal(a), literal(b)}
  defp literal(list) when is_list(list), do: list(list)
  defp literal(tree) when not is_tuple(tree), do: tree

  defp word(word) do
    false = word in [:__MODULE__, :__ENV__, :__DIR__, :__CALLER__, :__STACKTRACE__, :_, :...]
    word
  end

  defp list([{:|, _, [head, tail]}]), do: [literal(head) | literal(tail)]
  defp list([head | tail]), do: [literal(head) | list(tail)]
  defp list([]), do: []

  # A key twice is an error of ours, and fields of structs are not looked up.
  defp map(pairs) do
    map = Map.new(pairs)
    true = map_size(map) == length(pairs)
    map
  end

  defp named(name, pairs) do
    pairs = Enum.map(pairs, fn {k, v} -> {literal(k), literal(v)} end)
    true = Enum.all?(pairs, fn {k, _} -> is_atom(k) end)
    map([{:__struct__, literal(name)} | pairs])
  end

  defp range({_, _, ends} = tree) do
    true = Enum.all?(ends, &is_integer(literal(&1)))
    evaluate(tree)
  end

  defp bits(true, tree), do: evaluate(tree)

  defp segment?({:"::", _, [value, _]}), do: segment?(value)
  defp segment?({sign, _, [value]}) when sign in [:-, :+], do: is_number(value)
  defp segment?(value), do: is_number(value) or is_binary(value)

  defp evaluate(tree), do: elem(Code.eval_quoted(tree), 0)
end

defmodule ErlangReader do
  def read(text) do
    text = String.to_charlist(text)
    {:ok, tokens, _} = :erl_scan.string(text ++ '\n')
    dot = match?({:dot, _}, List.last(tokens))
    {:ok, tokens, _} = :erl_scan.string(if(dot, do: text ++ '\n', else: text ++ '\n.'))
    {:ok, term} = :erl_parse.parse_term(tokens)
    true = not unsure?(tokens)
    {:ok, term}
  rescue
    _ -> :error
  end

  # A map with a key twice is an error of ours; it has another size when it was parsed. Functions
  # are no literals.
  defp unsure?(tokens) do
    Enum.any?(tokens, &match?({:fun, _}, &1)) or keys(tokens) != maps(tokens)
  end

  defp keys(tokens), do: Enum.count(tokens, &match?({:"=>", _}, &1))

  defp maps(tokens) do
    {:ok, term} = :erl_parse.parse_term(tokens)
    pairs(term)
  end

  defp pairs(map) when is_map(map) do
    Enum.reduce(map, 0, fn {k, v}, sum -> sum + 1 + pairs(k) + pairs(v) end)
  end

  defp pairs(tuple) when is_tuple(tuple), do: pairs(Tuple.to_list(tuple))
  defp pairs([head | tail]), do: pairs(head) + pairs(tail)
  defp pairs(_), do: 0
end

defmodule Differences do
  # What inspect/2 prints and Elixir does not read; new lines in front of commas; and a character
  # that Elixir refuses because it could make source code look like other code.
  def ours("elixir") do
    [~S(:"\x85"), "#PID<0.1.0>", "[1\n, 2]", "[1 # c\n, 2]", "[1 # ] \n, 2]", "<<1\n,2>>"] ++
      ["\"\u202A\""]
  end

  # Identities, and a code point that newer releases read too.
  def ours("erlang"), do: ["<0.1.0>", "#Ref<0.1.2.3>", "#Port<0.5>", ~S("\x{FFFE}")]

  # Bit strings of other types, brackets around values, words that are no lower-case ones, and what
  # nobody writes on purpose.
  def theirs("elixir") do
    ["<<1::size(8)-little>>", "<<1::8-unit(2)>>", "<<1::8*2>>", "<<1::unsigned>>"] ++
      ["<<1::signed>>", "<<1::little>>", "<<1.0>>", "<<1.5::float>>", "<<1.5::size(32)>>"] ++
      ["<<1::float>>", "<<1::utf16>>", ~S(<<"a"::utf16>>), ~S(<<"a"::bytes>>)] ++
      ["<<1::size 3>>", "<<1::size (8)>>", "<<1::(3)>>", "<<1::?a>>", "<<1::+8>>"] ++
      ["(1)", "((1))", "(a)", "-(1)", "1;", "_a", "__struct__"] ++
      ["[1|2,]", "Foo. Bar", "Foo .Bar", "%Foo {}", "1 #PID<0.1.0>", "?\\"]
  end

  # The same; and what depends on the release of OTP.
  def theirs("erlang") do
    ["<<1.0:64/float>>", "<<1:16/little>>", "<<<<1>>/binary>>", ~S(<<"a"/utf16>>), "<<(1):3>>"] ++
      ["<<1:(8)>>", "<<1/signed>>", "<<1/little>>", "(1)", "# {a=>1}", "#\n{}"] ++
      ["$", "$\\", "$\\^", "\u00A01", "\x001", "\x011"] ++
      [~S("""a"""), "\"\"\"\na\n\"\"\"", ~S("\^?"), ~S("\^é"), ~S("\^`"), ~S("\^1"), ~S($\^?)]
  end
end

print = fn {text, who}, reader ->
  term =
    case reader.read(text) do
      {:ok, term} -> :erlang.term_to_binary(term)
      :error -> ""
    end

  IO.puts(Enum.map_join([text, term, who], " ", &Base.encode64/1))
end

if Version.match?(System.version(), "~> 1.14.0") do
  [syntax] = System.argv()
  reader = %{"elixir" => ElixirReader, "erlang" => ErlangReader}[syntax]
  {:ok, _} = Application.ensure_all_started(:ex_unit)

  texts = Texts.read(Path.join(__DIR__, "term_read_#{syntax}.txt"))

  marked =
    Enum.map(if(syntax == "elixir", do: texts ++ Texts.letters(), else: texts), fn text ->
      cond do
        text in Differences.ours(syntax) -> {text, "ours"}
        text in Differences.theirs(syntax) -> {text, "theirs"}
        true -> {text, "both"}
      end
    end)

  mutants = Enum.map(Texts.mutants(texts, 4000), &{&1, "any"})

  # Elixir warns of many of them.
  ExUnit.CaptureIO.capture_io(:stderr, fn ->
    Enum.each(marked ++ mutants, &print.(&1, reader))
  end)
else
  IO.puts("skip")
end
