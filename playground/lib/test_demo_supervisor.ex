defmodule TestDemoSupervisor do
  @moduledoc """
  A `rest_for_one` supervisor over a `one_for_all` one.

  Lesson: `rest_for_one` restarts the crashed child and those started after it, because they may
  depend on it; `one_for_all` restarts all.

  To break it: kill `:test_counter`, and everything below this supervisor is new; kill
  `:test_printer`, and only the pair is.
  """
  use Supervisor

  def start_link(_options) do
    Supervisor.start_link(__MODULE__, [], name: __MODULE__)
  end

  @impl true
  def init([]) do
    children = [
      Supervisor.child_spec({Counter, name: :test_counter}, id: :test_counter),
      %{id: :pair, type: :supervisor, start: {__MODULE__, :start_pair, []}}
    ]

    Supervisor.init(children, strategy: :rest_for_one)
  end

  @doc "The supervisor of the pair: each needs the other, so both restart together."
  def start_pair do
    children = [
      Supervisor.child_spec({Printer, name: :test_printer}, id: :test_printer),
      Supervisor.child_spec({Counter, name: :pair_counter}, id: :pair_counter)
    ]

    Supervisor.start_link(children, strategy: :one_for_all, name: TestDemoSupervisor.Pair)
  end
end
