# Terms for term_oracle_test.c, the same ones in every run.
#
#   terms        prints a line for each: base64 of term_to_binary, of inspect, and of ~0tp
#   check FILE   reads lines `how base64` in the order of the terms and compares each with its term;
#                prints those that differ

defmodule Oracle.Point do
  defstruct [:x, :y]
end

defmodule Oracle.Failure do
  defexception [:message]
end

defmodule Oracle.Funs do
  def add(a), do: fn b -> a + b end
  def pair(a, b), do: fn -> {a, b, add(a)} end
end

defmodule Oracle do
  @letters String.split(~S"""
           a b z A Z _ 0 9 @ ? ! é Ü ž ひ カ 日 . - + # { } " \ ' : % & | < > = ~ ^ / * $
           """) ++
             [" ", "\n", "\e", "\0", "\d", "\x01", "\u0085", "\u00A0", "\uFEFF", "\uFFFE", "😀"]

  @names String.split(~S"""
         nil true false not and or in when fn do end Elixir Elixir.Foo Elixir.Foo.Bar Elixir.foo
         Elixir.Elixir Elixir.Elixir.Foo Elixir.ElixirFoo Elixir.Foo.Elixir
         Elixir. Elixir.Foo. Elixir.Foo.bar Elixir.Foo-Bar Elixir.F_1 Elixir.1 ElixirFoo a? a! a?b
         a@b @a a@ a@? _ __struct__ A A! 1a ok é Éa été 日本 ひ a-b
         ! % & * + - . / < = > @ ^ | != && ** ++ -- -> .. <- <= <> <~ == =~ >= \\ |> || ~>
         {} !== %{} &&& +++ --- ... <<< <<~ <~> === >>> ||| ~>> ..// <<>> ^^^ ~~~ <|> => :: \ , ; ? ~ [] ()
         """) ++ ["", "two words", "not in", "a\nb"]

  def terms do
    :rand.seed(:exsss, {1, 2, 3})
    fixed() ++ Enum.map(1..400, fn _ -> term(4) end) ++ Enum.map(1..400, fn _ -> float() end)
  end

  defp fixed do
    atoms = Enum.map(@names, &String.to_atom/1)

    atoms ++
      Enum.map(atoms, &[{&1, 1}]) ++
      Enum.map(atoms, &%{&1 => 1}) ++
      for(a <- atoms, a not in ~w(é Éa été 日本 ひ)a, do: Function.capture(:m, a, 1)) ++
      Enum.map(atoms, &Function.capture(&1, :f, 2)) ++
      Enum.map(0..300, &[&1]) ++
      Enum.map(0..300, &<<&1::utf8>>) ++
      Enum.map(
        [0x2028, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x10FFFF],
        &<<&1::utf8>>
      ) ++
      numbers() ++ shapes() ++ identities()
  end

  defp numbers do
    powers = for n <- [7, 8, 31, 32, 52, 53, 62, 63, 64, 70, 128, 1000, 2040, 2048], do: 2 ** n
    whole = for p <- powers, d <- [-1, 0, 1], s <- [1, -1], do: s * (p + d)
    tens = for e <- -30..30, m <- [1, 1.2, 1.25, 9.99], do: m * :math.pow(10, e)
    twos = for e <- -1074..1023//13, do: ldexp(e)

    [0.0, -0.0, 0.1, -1.5, 5.0e-324, 1.7976931348623157e308, 2.2250738585072014e-308] ++
      [9_007_199_254_740_991.0, 9_007_199_254_740_992.0, 9_007_199_254_740_994.0] ++
      [9.999999999999998e15, 1.0e16, 1.0000000000000002e16, 12_345_678_901_234.5] ++
      whole ++ tens ++ twos
  end

  defp ldexp(e) when e > -1023, do: from_bits(e + 1023, 0)
  defp ldexp(e), do: from_bits(0, 2 ** (e + 1074))

  defp from_bits(exponent, fraction) do
    <<number::float>> = <<0::1, exponent::11, fraction::52>>
    number
  end

  defp shapes do
    [
      [],
      {},
      %{},
      "",
      '',
      <<>>,
      [[]],
      [nil],
      {nil},
      [1 | 2],
      [1, 2 | "x"],
      [a: 1, b: 2],
      [{:a, 1} | :b],
      [{:a, 1}, 2],
      [{:a, 1, 2}],
      [{"a", 1}],
      [{Foo, 1}],
      [{:a, 1}, {Foo, 1}],
      [nil: 1, true: 2],
      %{1 => 2, :a => 3},
      %{Foo => 1},
      %{nil => 1},
      %{"k" => %{k: [1]}},
      %{1 => %{2 => 3}, 1.0 => 4, [] => 5, {} => 6},
      <<1::1>>,
      <<1, 2, 3::2>>,
      <<255, 127::7>>,
      <<0>>,
      <<255>>,
      "abc" <> <<0xC3>>,
      <<0xED, 0xA0, 0x80>>,
      "a\#{b} # \#\#{",
      'a\#{b} \' " \\',
      'plain',
      'new\nline',
      [7, 8, 9, 10, 11, 12, 13, 27],
      [31],
      [127],
      [65 | 66],
      [65, 66.0],
      String.duplicate("é", 1000),
      String.duplicate(<<200>>, 300),
      List.duplicate(?a, 1000),
      Enum.to_list(1..300),
      List.to_tuple(Enum.to_list(1..300)),
      Map.new(1..32, &{&1, -&1}),
      %Oracle.Point{x: 1, y: [%Oracle.Point{}]},
      %Oracle.Failure{message: "no"},
      %{__struct__: :point, x: 1},
      %{__struct__: "Point"},
      %{__struct__: nil, x: 1},
      %{:__struct__ => Oracle.Point, "x" => 1},
      %{:__struct__ => Oracle.Point, Foo => 1}
    ]
  end

  defp identities do
    [
      :erlang.list_to_pid('<0.5.0>'),
      :erlang.list_to_pid('<0.32767.8191>'),
      :erlang.list_to_ref('#Ref<0.1.2.3>'),
      :erlang.list_to_ref('#Ref<0.4.65537.262143>'),
      :erlang.list_to_port('#Port<0.5>'),
      :erlang.list_to_port('#Port<0.268435455>'),
      &Enum.map/2,
      &:lists.map/2,
      &Kernel.+/2,
      Function.capture(:"a b", :"c d", 255),
      Oracle.Funs.add(1),
      Oracle.Funs.pair("x", [Oracle.Funs.add(2.5)]),
      [fun: Oracle.Funs.add(:x)]
    ]
  end

  defp term(0), do: leaf(:rand.uniform(10))

  defp term(depth) do
    case :rand.uniform(9) do
      1 -> many(depth)
      2 -> List.to_tuple(many(depth))
      3 -> Map.new(many(depth), &{&1, term(depth - 1)})
      4 -> Map.new(many(depth), fn _ -> {atom(), term(depth - 1)} end)
      5 -> Enum.map(many(depth), &{atom(), &1})
      6 -> many(depth) ++ [term(depth - 1) | leaf(1 + :rand.uniform(5))]
      n -> leaf(n)
    end
  end

  defp many(depth), do: Enum.map(1..:rand.uniform(4), fn _ -> term(depth - 1) end)

  defp leaf(1), do: []
  defp leaf(2), do: atom()
  defp leaf(3), do: :rand.uniform(1000) - 500
  defp leaf(4), do: 2 ** :rand.uniform(200) - :rand.uniform(1000)
  defp leaf(5), do: float()
  defp leaf(6), do: :crypto.hash(:sha, <<:rand.uniform(1_000_000)::32>>)
  defp leaf(7), do: <<:rand.uniform(65536)::size(13)>>
  defp leaf(8), do: text()
  defp leaf(9), do: String.to_charlist(Enum.random(["abc", "x1", "{}", "'\\", "été"]))
  defp leaf(10), do: Enum.random([nil, true, false, {}, "", <<>>])

  defp atom, do: String.to_atom(text())

  defp text, do: Enum.map_join(1..:rand.uniform(6), fn _ -> Enum.random(@letters) end)

  defp float do
    case <<:rand.uniform(2 ** 64) - 1::64>> do
      <<_::1, 0x7FF::11, _::52>> -> 1.0
      <<number::float>> -> if(:rand.uniform(2) == 1, do: number, else: short())
    end
  end

  defp short, do: Float.round(:rand.normal() * :math.pow(10, :rand.uniform(12)), :rand.uniform(5))

  def erlang(term), do: IO.chardata_to_string(:io_lib.format("~0tp", [term]))

  # The name of the function that a fun was made in is not part of its external form.
  def text(term) do
    text = inspect(term, limit: :infinity, printable_limit: :infinity, width: :infinity)
    String.replace(text, ~r/(#Function<[^>]* in Oracle\.Funs)\.[a-z]+\/\d>/, "\\1>")
  end
end

case System.argv() do
  ["terms"] ->
    if Version.match?(System.version(), "~> 1.14.0") do
      for {term, i} <- Enum.with_index(Oracle.terms()) do
        options = Enum.at([[], [:compressed], [minor_version: 0], [minor_version: 2]], rem(i, 4))

        IO.puts([
          Base.encode64(:erlang.term_to_binary(term, options)),
          " ",
          Base.encode64(Oracle.text(term)),
          " ",
          Base.encode64(Oracle.erlang(term))
        ])
      end
    else
      IO.puts("skip")
    end

  ["check", file] ->
    terms = Enum.with_index(Oracle.terms()) |> Map.new(fn {term, i} -> {i, term} end)

    for line <- File.stream!(file) do
      [index, how, bytes] = String.split(line)
      term = Map.fetch!(terms, String.to_integer(index))
      back = :erlang.binary_to_term(Base.decode64!(bytes))

      if back !== term or (is_float(term) and <<back::float>> != <<term::float>>) do
        IO.puts("#{how}: #{Oracle.text(term)} came back as #{Oracle.text(back)}")
      end
    end

    IO.puts("checked")
end
