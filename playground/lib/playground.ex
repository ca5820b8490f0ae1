defmodule Playground do
  @moduledoc """
  The application that `whitebeam demo` shows: a supervision tree of every kind, three levels deep.

  Lesson: an application is a supervision tree with a name. Its top supervisor is what starts,
  stops and fails as a whole.

  To break it: kill `Playground.Supervisor`, and the whole application stops.
  """
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      DemoSupervisor,
      TestDemoSupervisor,
      {PartitionSupervisor, child_spec: DynamicSupervisor, name: Playground.Partitions},
      {Task.Supervisor, name: Playground.Tasks},
      Playground.Pool,
      Playground.Crew
    ]

    result = Supervisor.start_link(children, strategy: :one_for_one, name: Playground.Supervisor)
    Playground.Pool.fill(5)
    Playground.Crew.add(3)
    result
  end
end
