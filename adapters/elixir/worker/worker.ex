defmodule Runtime.Worker do
  @moduledoc "The Elixir worker: it answers the gateway's requests with one function (docs/worker-protocol.md)."

  import Runtime.Frames, only: [frame: 3, text: 1]

  alias Runtime.{Call, Context, Errors, Frames}

  @usage_error 64
  @concurrency 32

  # docs/worker-protocol.md
  @ping 0x02
  @ready 0x11
  @failed 0x12
  @started 0x13
  @pong 0x16
  @shared 2

  # How much is read at once, in bytes.
  @chunk 65_536

  # Of the process that serves: what calls the function and what that needs to know, the running requests by their
  # processes, and the ends that it has not written yet.
  defstruct [:socket, :module, :folder, :shape, :known, calls: %{}, ends: [], incoming: %Frames{}]

  @doc "Connects to the gateway, loads the function, serves. Called while the virtual machine starts, which goes on."
  def run do
    spawn(fn ->
      try do
        {:ok, _started} = Application.ensure_all_started(:elixir)
        for device <- [:standard_io, :standard_error], do: :io.setopts(device, encoding: :unicode)
        start(System.get_env("RUNTIME_SOCKET"), :init.get_plain_arguments())
      catch
        # Without this process requests would wait in vain, so its failure is the worker's end.
        kind, reason ->
          IO.puts(:stderr, Exception.format(kind, reason, __STACKTRACE__))
          System.halt(1)
      end
    end)
  end

  defp start(nil, _arguments) do
    IO.puts(:stderr, "this is the worker of an Elixir function, which the gateway starts; run /usr/local/src/launch.sh instead")
    System.halt(@usage_error)
  end

  defp start(path, [file]) do
    shape = if System.get_env("RUNTIME_SHAPE") == "context", do: Context.Call, else: Call
    for name <- ["RUNTIME_SOCKET", "RUNTIME_SHAPE"], do: System.delete_env(name)
    {:ok, socket} = :gen_tcp.connect({:local, path}, 0, [:binary, packet: :raw, active: false, buffer: @chunk])
    folder = File.cwd!()
    known = shape.prepare(socket, folder)
    module = load(socket, to_string(file), folder, shape)
    :ok = :gen_tcp.send(socket, frame(@ready, 0, [<<@shared, @concurrency::32>>, shape.flags()]))
    :ok = :inet.setopts(socket, active: true)
    serve(%__MODULE__{socket: socket, module: module, folder: folder, shape: shape, known: known})
  end

  defp load(socket, file, folder, shape) do
    case Errors.attempt(fn -> Runtime.Function.load(file, folder, shape.arity()) end, folder) do
      {:ok, nil} -> give_up(socket, 404, "#{Path.basename(file)} #{shape.wanted()}")
      {:ok, module} -> module
      {:error, message} -> give_up(socket, 500, message)
    end
  end

  # Says why there is nothing to call, and ends.
  defp give_up(socket, code, message) do
    :gen_tcp.send(socket, frame(@failed, 0, [<<code::16>>, text(message)]))
    System.halt(1)
  end

  # One process does all reading and writing: what comes together goes out with one write.
  defp serve(%__MODULE__{socket: socket} = worker) do
    receive do
      {:tcp, ^socket, data} -> worker |> take(data) |> serve()
      {:ended, process, frame} -> worker |> settle(process, fn _id -> frame end) |> serve()
      {:DOWN, _monitor, :process, process, reason} -> worker |> settle(process, &ended(&1, reason, worker.folder)) |> serve()
      {:tcp_closed, ^socket} -> System.halt(0)
      _foreign -> serve(worker)
    after
      # A gateway that is gone ends the process where it reads.
      if(worker.ends == [], do: :infinity, else: 0) ->
        :gen_tcp.send(socket, Enum.reverse(worker.ends))
        serve(%{worker | ends: []})
    end
  end

  # Says what begins, and then lets it begin.
  defp take(worker, data) do
    {frames, incoming} = Frames.add(worker.incoming, data)
    called = worker.shape.kind()
    replies = for <<kind, id::32, _body::binary>> <- frames, kind in [called, @ping], do: frame(reply(kind), id, [])
    if replies != [], do: :gen_tcp.send(worker.socket, Enum.reverse(worker.ends, replies))
    ends = if replies == [], do: worker.ends, else: []
    calls = for <<^called, id::32, body::binary>> <- frames, into: worker.calls, do: call(id, body, worker)
    %{worker | incoming: incoming, ends: ends, calls: calls}
  end

  defp reply(@ping), do: @pong
  defp reply(_called), do: @started

  # Runs the function in a process of its own, which may be ended from outside.
  defp call(id, body, %__MODULE__{module: module, shape: shape, known: known}) do
    server = self()
    {process, monitor} = spawn_monitor(fn -> send(server, {:ended, self(), shape.run(id, body, module, known)}) end)
    {process, {id, monitor}}
  end

  # A call's message, if there is one, arrives before the news of its process's end.
  defp settle(worker, process, frame_of) do
    case Map.pop(worker.calls, process) do
      {nil, _calls} ->
        worker

      {{id, monitor}, calls} ->
        Process.demonitor(monitor, [:flush])
        %{worker | calls: calls, ends: [frame_of.(id) | worker.ends]}
    end
  end

  defp ended(id, reason, folder), do: Frames.error(id, Errors.describe_end(reason, folder))
end
