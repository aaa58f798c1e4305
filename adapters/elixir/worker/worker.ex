defmodule Runtime.Worker do
  @moduledoc "The Elixir worker: it answers the gateway's requests with one function (docs/worker-protocol.md)."

  alias Runtime.{Errors, Response}

  @usage_error 64
  @concurrency 32

  # docs/worker-protocol.md
  @request 0x01
  @ping 0x02
  @ready 0x11
  @failed 0x12
  @started 0x13
  @answer 0x14
  @error 0x15
  @pong 0x16
  @silent 0x17
  @shared 2
  @types %{text: 0, json: 1}

  @doc "Connects to the gateway, loads the function, serves. Called while the virtual machine starts, which goes on."
  def run do
    vital(fn ->
      {:ok, _started} = Application.ensure_all_started(:elixir)
      for device <- [:standard_io, :standard_error], do: :io.setopts(device, encoding: :unicode)
      start(System.get_env("RUNTIME_SOCKET"), :init.get_plain_arguments())
    end)
  end

  # A process of the adapter's own: without it requests would wait in vain, so its failure is the worker's end.
  defp vital(work) do
    spawn(fn ->
      try do
        work.()
      catch
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
    System.delete_env("RUNTIME_SOCKET")
    {:ok, socket} = :gen_tcp.connect({:local, path}, 0, [:binary, packet: 4, active: false])
    folder = File.cwd!()
    serve(socket, load(socket, to_string(file), folder), folder)
  end

  defp load(socket, file, folder) do
    case attempt(fn -> Runtime.Function.load(file, folder) end, folder) do
      {:ok, nil} -> give_up(socket, 404, "#{Path.basename(file)} holds no module with a function main(req, res)")
      {:ok, module} -> module
      {:error, message} -> give_up(socket, 500, message)
    end
  end

  # Says why there is nothing to call, and ends.
  defp give_up(socket, code, message) do
    write(socket, @failed, 0, [<<code::16>>, text(message)])
    System.halt(1)
  end

  defp serve(socket, module, folder) do
    write(socket, @ready, 0, <<@shared, @concurrency::32>>)
    read(socket, module, folder)
  end

  defp read(socket, module, folder) do
    case :gen_tcp.recv(socket, 0) do
      {:ok, <<@request, id::32, body::binary>>} ->
        vital(fn -> answer(socket, id, body, module, folder) end)
        read(socket, module, folder)

      {:ok, <<@ping, id::32>>} ->
        write(socket, @pong, id, [])
        read(socket, module, folder)

      {:error, _closed} ->
        System.halt(0)
    end
  end

  # Runs the function in a process of its own, which may be ended from outside, and says how it ended.
  defp answer(socket, id, body, module, folder) do
    write(socket, @started, id, [])
    owner = self()
    call = fn -> send(owner, attempt(fn -> module.main(request(body), %Response{}) end, folder)) end
    {process, monitor} = spawn_monitor(call)

    # A call's message, if there is one, arrives before the news of its process's end.
    result =
      receive do
        {:DOWN, ^monitor, :process, ^process, reason} -> {:error, Errors.describe_end(reason, folder)}
        {outcome, _value} = result when outcome in [:ok, :error] -> result
      end

    case result do
      {:ok, %Response{kind: kind} = response} when kind != :none ->
        write(socket, @answer, id, [<<status(response)::signed-32, @types[kind]>>, response.body])

      {:ok, _nothing} ->
        write(socket, @silent, id, [])

      {:error, message} ->
        write(socket, @error, id, [<<500::16>>, text(message)])
    end
  end

  # What the work returns, or a description of what it raises, throws or exits with.
  defp attempt(work, folder) do
    {:ok, work.()}
  catch
    kind, reason -> {:error, Errors.describe(kind, reason, __STACKTRACE__, folder)}
  end

  defp request(body) do
    {env, rest} = read_map(body)
    {headers, rest} = read_map(rest)
    {payload, ""} = read_text(rest)
    %{env: env, headers: headers, payload: payload}
  end

  defp read_map(<<count::32, rest::binary>>) do
    Enum.reduce(1..count//1, {%{}, rest}, fn _number, {map, rest} ->
      {key, rest} = read_text(rest)
      {value, rest} = read_text(rest)
      {Map.put(map, key, value), rest}
    end)
  end

  defp read_text(<<size::32, text::binary-size(size), rest::binary>>), do: {text, rest}

  # A status beyond 32 bits is out of range anyway, which the gateway says.
  defp status(%Response{status: status}) when status in -0x80000000..0x7FFFFFFF, do: status
  defp status(_response), do: -1

  defp text(text), do: [<<byte_size(text)::32>>, text]

  # One frame; `packet: 4` puts its size in front. A gateway that is gone ends the process where it reads.
  defp write(socket, kind, id, body), do: :gen_tcp.send(socket, [<<kind, id::32>>, body])
end
