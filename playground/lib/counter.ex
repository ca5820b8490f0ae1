defmodule Counter do
  @moduledoc """
  A GenServer that counts.

  Lesson: a restart starts from `init/1` again, so the count is 0 afterwards. State that must
  survive a crash has to live somewhere else.

  To break it: increment it, kill it, ask for the count.
  """
  use GenServer

  def start_link(options) do
    GenServer.start_link(__MODULE__, [], options)
  end

  @impl true
  def init([]) do
    {:ok, %{count: 0}}
  end

  @impl true
  def handle_call(:get_count, _from, state) do
    {:reply, state.count, state}
  end

  def handle_call(:increment, _from, state) do
    {:reply, state.count + 1, %{state | count: state.count + 1}}
  end

  @impl true
  def handle_cast(:increment, state) do
    {:noreply, %{state | count: state.count + 1}}
  end

  def handle_cast(:crash, _state) do
    raise "crash on request"
  end
end
