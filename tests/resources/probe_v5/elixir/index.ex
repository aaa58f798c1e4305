# The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).
defmodule Probe.Files do
  @mib 1_048_576

  # The name of a system's error.
  def error_name(reason), do: reason |> Atom.to_string() |> String.upcase()

  # Writes until the folder takes no more, at most so many MiB; keeps nothing.
  def fill(path, mib) do
    block = String.duplicate("x", @mib)

    said =
      with {:ok, file} <- :file.open(path, [:write, :raw]),
           :ok <- repeated(mib, fn -> :file.write(file, block) end),
           do: "written",
           else: ({:error, reason} -> error_name(reason))

    File.rm(path)
    said
  end

  defp repeated(times, work) do
    Enum.reduce_while(1..times//1, :ok, fn _number, :ok -> with(:ok <- work.(), do: {:cont, :ok}, else: (error -> {:halt, error})) end)
  end

  # What /proc says of this process under a name.
  def status(name) do
    [_all, values] = Regex.run(~r/^#{name}:(.*)$/m, File.read!("/proc/self/status"))
    values |> String.split() |> Enum.map(&String.to_integer/1)
  end
end

defmodule Probe do
  alias Probe.Files
  alias Runtime.Context
  alias Runtime.Context.{Request, Response}

  def main(%Context{req: req} = context) do
    options = req.headers |> Map.get("x-with", "{}") |> JSON.decode!()
    act(Map.get(req.headers, "x-action", "seen"), context, context.res, options)
  end

  defp act("seen", %{req: req}, res, _o) do
    seen = Map.take(req, [:method, :scheme, :host, :port, :path, :url, :query, :headers])
    digest = :crypto.hash(:sha256, req.body_binary) |> Base.encode16(case: :lower)
    Response.json(res, Map.merge(seen, %{queryString: req.query_string, size: byte_size(req.body_binary), sha256: digest}))
  end

  defp act("body", %{req: req}, res, _o) do
    body = Request.body(req)
    kind = if is_binary(body), do: "string", else: "object"
    Response.json(res, %{kind: kind, body: body, text: Request.body_text(req), raw: Request.body_raw(req)})
  end

  defp act("body-json", %{req: req}, res, _o), do: Response.json(res, %{value: Request.body_json(req)})

  defp act("echo", %{req: req}, res, _o) do
    Response.binary(res, req.body_binary, 200, %{"content-type" => "application/octet-stream"})
  end

  defp act("text", _context, res, o), do: Response.text(res, Map.get(o, "text", "text"), status(o), headers(o))
  defp act("json", _context, res, o), do: Response.json(res, o["value"], status(o), headers(o))
  defp act("binary", _context, res, _o), do: Response.binary(res, Enum.to_list(0..255))
  defp act("empty", _context, res, _o), do: Response.empty(res)
  defp act("redirect", _context, res, o), do: Response.redirect(res, o["url"], Map.get(o, "status", 301))
  defp act("send", _context, res, o), do: Response.send(res, o["body"])
  defp act("big", _context, res, o), do: Response.binary(res, String.duplicate("x", o["bytes"]))

  defp act("many-headers", _context, res, o) do
    value = String.duplicate("v", o["size"])
    Response.text(res, "text", 200, for(at <- 0..(o["number"] - 1), do: {"x-#{at}", value}))
  end

  defp act("not-returned", _context, res, _o) do
    Response.text(res, "first", 201)
    Response.text(res, "second")
  end

  defp act("nothing", _context, res, _o) do
    Response.text(res, "not returned")
    nil
  end

  defp act("throws", context, res, _o) do
    Context.log(context, "before")
    Response.text(res, thrown())
  end

  defp act("log", context, res, o) do
    for each <- Map.get(o, "prints", []), do: IO.puts(each)
    for each <- Map.get(o, "logs", []), do: Context.log(context, each)
    for each <- Map.get(o, "errors", []), do: Context.error(context, each)
    Response.text(res, "logged")
  end

  defp act("values", context, res, _o) do
    for value <- ["one", 2, true, "naïve 🎉", %{a: [1, "b"]}, [1, %{c: nil}], {:a, nil}], do: Context.log(context, value)

    try do
      raise "logged"
    rescue
      error -> Context.error(context, error, __STACKTRACE__)
    end

    Response.text(res, "logged")
  end

  defp act("prints", context, res, _o) do
    IO.puts("printed 1")
    Context.log(context, "logged 2")
    IO.puts(:stderr, "printed 3")
    IO.puts("printed 4\nprinted 5")
    Response.text(res, "printed")
  end

  defp act("flood", context, res, o) do
    entry = String.duplicate("é", o["characters"])
    for _number <- 1..o["entries"], do: if(o["how"] == "print", do: IO.puts(entry), else: Context.log(context, entry))
    Response.text(res, "logged")
  end

  defp act("child", _context, res, o) do
    inheriting(o["command"])
    Response.text(res, "ended")
  end

  defp act("mixed", context, res, %{"name" => name} = o) do
    for line <- 0..(o["lines"] - 1) do
      Context.log(context, "#{name} log #{line}")
      Process.sleep(rem(line, 3))
      IO.puts("#{name} print #{line}")
      if rem(line, 10) == 0, do: run(~s[for n in 0 1 2 3 4 5 6 7 8 9; do echo "#{name} child $((#{line} + n))"; done])
      Context.error(context, "#{name} error #{line}")
    end

    Response.text(res, name)
  end

  defp act("sleep", context, res, o) do
    for each <- Map.get(o, "logs", []), do: Context.log(context, each)
    Process.sleep(round(o["seconds"] * 1000))
    Context.log(context, "too late")
    Response.text(res, Map.get(o, "text", "slept"))
  end

  defp act("spin", context, _res, _o) do
    Context.log(context, "before")
    spin()
  end

  defp act("late", context, res, _o) do
    spawn(fn ->
      Process.sleep(100)
      Context.log(context, "late")
      IO.puts("late, printed")
      IO.puts(:stderr, "late, printed to stderr")
    end)

    Response.text(res, "answered")
  end

  defp act("exit", context, _res, o) do
    Context.log(context, "before")
    System.halt(o["code"])
  end

  defp act("abort", context, _res, _o) do
    Context.log(context, "before")
    System.halt(:abort)
  end

  defp act("signal", _context, res, o) do
    target = Map.get(%{"parent" => hd(Files.status("PPid")), "self" => System.pid()}, o["pid"], o["pid"])
    name = String.trim_leading(o["name"], "SIG")
    {output, status} = System.cmd("sh", ["-c", "kill -#{name} #{target}"], stderr_to_stdout: true)
    Process.sleep(50)
    Response.text(res, if(status == 0, do: "sent", else: if(output =~ "not permitted", do: "EPERM", else: output)))
  end

  defp act("environment", _context, res, _o), do: Response.json(res, System.get_env())

  defp act("identity", _context, res, _o) do
    found = %{user: hd(Files.status("Uid")), group: hd(Files.status("Gid")), groups: Files.status("Groups")}
    Response.json(res, Map.put(found, :folder, File.cwd!()))
  end

  defp act("read", _context, res, o) do
    case File.read(o["path"]) do
      {:ok, content} -> Response.binary(res, content)
      {:error, reason} -> Response.text(res, Files.error_name(reason), 403)
    end
  end

  defp act("write", _context, res, o) do
    case File.write(o["path"], o["text"], [:append]) do
      :ok -> Response.text(res, "written")
      {:error, reason} -> Response.text(res, Files.error_name(reason), 403)
    end
  end

  defp act("fill", _context, res, o), do: Response.text(res, Files.fill(o["path"], o["mib"]))

  defp status(options), do: Map.get(options, "status", 200)
  defp headers(options), do: Map.get(options, "headers", %{})

  # A child with the output of this virtual machine, past all that knows of requests. What it leaves behind does not
  # have the port's own pipes, which are 3 and 4: their end is waited for.
  defp inheriting(command) do
    script = ~S(sh -c "$0" 3<&- 4>&-; exit $?)
    port = Port.open({:spawn_executable, "/bin/sh"}, [:nouse_stdio, :exit_status, args: ["-c", script, command]])

    receive do
      {^port, {:exit_status, _status}} -> :ok
    end
  end

  # What this child prints goes where this process prints.
  defp run(command), do: System.cmd("sh", ["-c", command], into: IO.stream())

  defp thrown, do: raise("TypeError: on purpose")
  defp spin, do: spin()
end
