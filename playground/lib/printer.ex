defmodule Printer do
  @moduledoc """
  A GenServer that remembers the last lines it was given.

  Lesson: a cast is a message without an answer; the sender does not know whether it arrived.

  To break it: send it something that is not a line, and see the crash report.
  """
  use GenServer

  @kept 20

  def start_link(options) do
    GenServer.start_link(__MODULE__, [], options)
  end

  @impl true
  def init([]) do
    {:ok, %{lines: []}}
  end

  @impl true
  def handle_cast({:print, line}, state) when is_binary(line) do
    {:noreply, %{state | lines: Enum.take([line | state.lines], @kept)}}
  end

  @impl true
  def handle_call(:lines, _from, state) do
    {:reply, state.lines, state}
  end
end
