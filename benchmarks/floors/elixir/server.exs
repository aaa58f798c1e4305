# A process for each connection, and the virtual machine's own HTTP parser: what the runtime is compared with.
defmodule Floor do
  def listen do
    options = [:binary, packet: :http_bin, active: false, reuseaddr: true, nodelay: true, backlog: 128]
    {:ok, listener} = :gen_tcp.listen(3000, options)
    accept(listener)
  end

  defp accept(listener) do
    {:ok, socket} = :gen_tcp.accept(listener)
    process = spawn(fn -> receive(do: (:go -> serve(socket, 0))) end)
    :ok = :gen_tcp.controlling_process(socket, process)
    send(process, :go)
    accept(listener)
  end

  defp serve(socket, size) do
    case :gen_tcp.recv(socket, 0) do
      {:ok, {:http_request, _, _, _}} -> serve(socket, 0)
      {:ok, {:http_header, _, :"Content-Length", _, value}} -> serve(socket, String.to_integer(value))
      {:ok, {:http_header, _, _, _, _}} -> serve(socket, size)
      {:ok, :http_eoh} -> answer(socket, size)
      _ -> :gen_tcp.close(socket)
    end
  end

  defp answer(socket, size) do
    :ok = :inet.setopts(socket, packet: :raw)
    {:ok, text} = :gen_tcp.recv(socket, size)
    request = JSON.decode!(text)
    body = JSON.encode!(%{normal: "Hello World!", env1: request["env"]["ENV1"], payload: request["payload"]})
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: #{byte_size(body)}\r\n\r\n"
    :ok = :gen_tcp.send(socket, [head, body])
    :ok = :inet.setopts(socket, packet: :http_bin)
    serve(socket, 0)
  end
end

Floor.listen()
