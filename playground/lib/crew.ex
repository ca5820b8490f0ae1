defmodule Playground.Crew do
  @moduledoc """
  Printers under a `simple_one_for_one` supervisor, the form that OTP itself has for children that
  are all alike.

  Lesson: there is one child spec for all, children have no ids of their own, and they are told apart
  by their pids alone. Elixir's DynamicSupervisor came from this.

  To break it: kill one of the printers, and see that the new one is a child like any other; then try
  to delete a child by its id.
  """
  @behaviour :supervisor

  def child_spec(_options) do
    %{id: __MODULE__, start: {__MODULE__, :start_link, [[]]}, type: :supervisor}
  end

  def start_link(_options) do
    :supervisor.start_link({:local, __MODULE__}, __MODULE__, [])
  end

  @impl true
  def init([]) do
    flags = %{strategy: :simple_one_for_one, intensity: 3, period: 5}
    {:ok, {flags, [%{id: :printer, start: {Printer, :start_link, [[]]}}]}}
  end

  @doc "Starts `count` more printers."
  def add(count) do
    for _ <- 1..count//1, do: {:ok, _} = :supervisor.start_child(__MODULE__, [])
    :ok
  end
end
