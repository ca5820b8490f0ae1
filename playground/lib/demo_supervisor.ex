defmodule DemoSupervisor do
  @moduledoc """
  Three workers under `one_for_one`.

  Lesson: with `one_for_one` a crash restarts only the child that crashed. Three restarts in five
  seconds are allowed; the fourth ends this supervisor, and its own supervisor restarts it.

  To break it: kill `:counter_1` once and compare the pids of its siblings; then kill it four times
  within five seconds.
  """
  use Supervisor

  def start_link(_options) do
    Supervisor.start_link(__MODULE__, [], name: __MODULE__)
  end

  @impl true
  def init([]) do
    children = [
      Supervisor.child_spec({Counter, name: :counter_1}, id: :counter_1),
      Supervisor.child_spec({Counter, name: :counter_2}, id: :counter_2),
      Supervisor.child_spec({Printer, name: :printer_1}, id: :printer_1)
    ]

    Supervisor.init(children, strategy: :one_for_one, max_restarts: 3, max_seconds: 5)
  end
end
