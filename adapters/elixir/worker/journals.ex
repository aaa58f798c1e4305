defmodule Runtime.Context.Journals do
  @moduledoc "All journals of this worker: whose errors' stream is whose, and which of them nobody needs any more."

  alias Runtime.Context.Journal

  # How many may be finished before those are looked for that still print there.
  @most 64

  @doc "Called once, by the process that serves; what journals are told that are finished."
  def start(socket) do
    :ets.new(__MODULE__, [:named_table, :public, read_concurrency: true])
    device = Process.whereis(:standard_error)
    router = spawn(fn -> route(device) end)
    Process.unregister(:standard_error)
    Process.register(router, :standard_error)
    nobody = Journal.of_nobody(socket)
    spawn(fn -> collect(nobody, [], []) end)
  end

  @doc "Called before the journal is anybody's leader."
  def add(journal), do: :ets.insert(__MODULE__, {journal})

  @doc "Says that its request is over."
  def finished(journals, journal), do: send(journals, {:finished, journal})

  # All processes have one device for errors: whose a text is, their leader says.
  defp route(device) do
    receive do
      {:io_request, from, reply_as, request} = message ->
        with {:group_leader, leader} <- Process.info(from, :group_leader), true <- :ets.member(__MODULE__, leader) do
          send(leader, {:error_request, from, reply_as, request})
        else
          _other -> send(device, message)
        end

      message ->
        send(device, message)
    end

    route(device)
  end

  # Those that were finished one round ago leave: meanwhile what was under way to them has come.
  defp collect(nobody, finished, leaving) when length(finished) == @most do
    hand_over(MapSet.new(finished), nobody)

    for journal <- leaving do
      :ets.delete(__MODULE__, journal)
      send(journal, :leave)
    end

    collect(nobody, [], finished)
  end

  defp collect(nobody, finished, leaving) do
    receive do
      {:finished, journal} -> collect(nobody, [journal | finished], leaving)
    end
  end

  # Processes that outlive their request go on printing, which is no request's then. They may start others meanwhile.
  defp hand_over(finished, nobody) do
    left =
      for process <- Process.list(),
          {:group_leader, leader} <- [Process.info(process, :group_leader)],
          MapSet.member?(finished, leader),
          do: process

    for process <- left, do: Process.group_leader(process, nobody)
    if left != [], do: hand_over(finished, nobody)
  end
end
