defmodule Playground.Pool do
  @moduledoc """
  Counters under a `DynamicSupervisor`.

  Lesson: children of a DynamicSupervisor are started on demand and have no ids; they are all
  restarted alone.

  To break it: kill one of them, and count the children before and after.
  """
  use DynamicSupervisor

  def start_link(_options) do
    DynamicSupervisor.start_link(__MODULE__, [], name: __MODULE__)
  end

  @impl true
  def init([]) do
    DynamicSupervisor.init(strategy: :one_for_one)
  end

  @doc "Starts counters until there are `size`."
  def fill(size) do
    missing = size - DynamicSupervisor.count_children(__MODULE__).active
    for _ <- 1..missing//1, do: DynamicSupervisor.start_child(__MODULE__, {Counter, []})
    :ok
  end
end
