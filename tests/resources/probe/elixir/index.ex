# The probe: does whatever the payload's action says (tests/resources/probe/README.md).
defmodule Probe.CustomError do
  defexception message: "custom text"
end

defmodule Probe.UnprintableError do
  defexception [:reason]
  def message(_error), do: raise("no text")
end

defmodule Probe.Failing do
  def throw_as("error", text), do: raise(text)
  def throw_as("custom", _text), do: raise(Probe.CustomError)
  def throw_as("unprintable", _text), do: raise(Probe.UnprintableError)
  def throw_as("odd", _text), do: raise("odd \xFF\0\u202E text")
  def throw_as("long", _text), do: raise(String.duplicate("x", 1_000_000))
  def throw_as("recursion", _text), do: recurse(0)
  def throw_as("string", _text), do: throw("a string")
  def throw_as("number", _text), do: throw(42)
  def throw_as("null", _text), do: throw(nil)
  def throw_as("object", _text), do: throw(%{some: "map"})
  def throw_as("exit", _text), do: exit("exit")
  def throw_as("base", _text), do: Process.exit(self(), :kill)
  def throw_as("divide", _text), do: div(1, String.length(""))
  def throw_as("index", _text), do: elem({}, String.length("1234567"))

  # What JSON cannot hold. There is no NaN, infinity or cycle here, so it is what is no value of JSON's either.
  def unserialisable("nan"), do: make_ref()
  def unserialisable("infinity"), do: [self()]
  def unserialisable("cycle"), do: [1 | :improper]
  def unserialisable("function"), do: %{held: &recurse/1}
  def unserialisable("bytes"), do: <<0xFF, 0xFE>>
  def unserialisable("surrogate"), do: <<0xED, 0xA0, 0x80>>

  defp recurse(depth), do: 1 + recurse(depth + 1)
end

defmodule Probe do
  alias Runtime.Response

  @mib 1_048_576
  # How long after the function's end something still happens.
  @late 50

  def main(req, res) do
    options =
      case JSON.decode(req.payload) do
        {:ok, %{} = options} -> options
        _none -> %{}
      end

    act(Map.get(options, "action", "answer"), req, res, options)
  end

  defp act("answer", req, res, _o), do: Response.json(res, Map.take(req, [:env, :payload, :headers]))
  defp act("text", _req, res, o), do: answered(Response.send(res, given(o, "text", "Hello")))
  defp act("json", _req, res, o), do: Response.json(res, o["value"])
  defp act("both", _req, res, _o), do: res |> Response.send("first") |> Response.json(%{last: true})
  defp act("none", _req, _res, _o), do: nil
  defp act("twice", _req, res, _o), do: res |> Response.send("first") |> Response.send("second")
  defp act("status", _req, res, o), do: answered(Response.send(res, "status", o["status"]))
  defp act("bytes", _req, res, _o), do: answered(Response.send(res, <<0xFF, 0xFE>>))
  defp act("unserialisable", _req, res, o), do: answered(Response.json(res, Probe.Failing.unserialisable(o["kind"])))

  defp act("late", _req, res, _o) do
    soon(fn -> Response.send(res, "too late") end)
    Response.send(res, "in time")
  end

  defp act("late_error", _req, res, _o) do
    soon(fn -> raise "late probe error" end)
    Response.send(res, "in time")
  end

  defp act("throw", _req, res, o) do
    Response.send(res, "answered before the error")
    answered(Probe.Failing.throw_as(given(o, "kind", "error"), given(o, "text", "probe error")))
  end

  defp act("sleep", _req, res, o) do
    Process.sleep(milliseconds(o))
    Response.send(res, "slept")
  end

  defp act("block", _req, res, o) do
    Process.sleep(milliseconds(o))
    Response.send(res, "blocked")
  end

  defp act("spin", _req, res, o) do
    spin(o["seconds"] && System.monotonic_time(:millisecond) + milliseconds(o))
    Response.send(res, "spun")
  end

  defp act("exit", _req, _res, o), do: System.halt(given(o, "code", 0))
  defp act("abort", _req, _res, o) do
    if o["line"], do: File.write!("/tmp/begun", o["line"] <> "\n", [:append])
    System.halt(:abort)
  end

  defp act("print", _req, res, o) do
    device = if o["stream"] == "stderr", do: :standard_error, else: :standard_io
    for number <- 1..given(o, "lines", 1)//1, do: IO.puts(device, o["text"] || line(number, given(o, "bytes", 0)))
    Response.send(res, "printed")
  end

  defp act("allocate", _req, res, o) do
    held = for _ <- 1..given(o, "mib", 1)//1, do: String.duplicate("x", @mib)
    Response.send(res, if(held == [], do: "nothing", else: "allocated"))
  end

  defp act("environ", _req, res, _o), do: Response.json(res, System.get_env())
  defp act("read", _req, res, o), do: answered(Response.send(res, File.read!(o["path"])))

  defp act("kill", _req, res, o) do
    {output, status} = System.cmd("kill", ["-#{given(o, "signal", 9)}", "#{o["pid"]}"], stderr_to_stdout: true)
    if status != 0, do: raise(output)
    Response.send(res, "killed")
  end

  defp act("spawn", _req, res, _o), do: Response.json(res, %{pid: start_sleeper()})

  defp act("forks", _req, res, o) do
    {started, error} = until_error(given(o, "count", 200), fn -> is_integer(start_sleeper()) && :ok end)
    Response.json(res, %{started: started, error: error})
  end

  defp act("descriptors", _req, res, o) do
    {opened, error} = until_error(given(o, "count", 100_000), fn -> :file.open("/dev/null", [:raw, :read]) end)
    Response.json(res, %{opened: opened, error: error})
  end

  defp act("fill", _req, res, o) do
    path = given(o, "path", "/tmp/filled")
    file = File.open!(path, [:write, :raw])
    block = String.duplicate("x", @mib)
    {_times, error} = until_error(given(o, "mib", 1024), fn -> :file.write(file, block) end)
    File.close(file)
    Response.json(res, %{written: File.stat!(path).size, error: error})
  end

  defp act("tamper", _req, res, _o) do
    File.cd!("/")
    for {name, _value} <- System.get_env(), do: System.delete_env(name)
    System.put_env("TZ", "Pacific/Kiritimati")
    for process <- [:logger, Logger, :standard_error], is_pid(Process.whereis(process)), do: Process.unregister(process)
    Process.flag(:trap_exit, true)
    Response.send(res, "tampered")
  end

  defp act("mutate", req, res, _o) do
    changed = %{env: Map.put(req.env, "MUTATED", "yes"), headers: Map.put(req.headers, "mutated", "yes"), payload: "mutated"}
    act("answer", changed, res, %{})
  end

  defp act("counter", _req, res, _o) do
    counter = :persistent_term.get(__MODULE__, nil) || :counters.new(1, [])
    :persistent_term.put(__MODULE__, counter)
    :counters.add(counter, 1, 1)
    Response.json(res, %{counter: :counters.get(counter, 1)})
  end

  defp act("pid", _req, res, _o), do: Response.json(res, %{pid: String.to_integer(System.pid())})

  defp act("uid", _req, res, _o) do
    %File.Stat{uid: uid, gid: gid} = File.stat!("/proc/self")
    Response.json(res, %{uid: uid, gid: gid})
  end

  defp act("big", _req, res, o), do: Response.send(res, String.duplicate("x", o["bytes"]))
  defp act("proto", req, res, _o), do: Response.json(res, %{value: req.env["__proto__"]})

  # Called last, so that this module stays in the stack trace of what fails.
  defp answered(response), do: response

  defp given(options, name, otherwise), do: if(is_nil(options[name]), do: otherwise, else: options[name])
  defp milliseconds(options), do: round(given(options, "seconds", 1) * 1000)

  defp soon(work) do
    spawn(fn ->
      Process.sleep(@late)
      work.()
    end)
  end

  defp spin(stop), do: if(is_nil(stop) or System.monotonic_time(:millisecond) < stop, do: spin(stop))

  defp line(number, size) do
    text = "line #{number}"
    if byte_size(text) + 1 < size, do: String.pad_trailing(text <> " ", size, "x"), else: text
  end

  # How often the work could be done, and what stopped it.
  defp until_error(times, work) do
    Enum.reduce_while(1..times//1, {0, nil}, fn _number, {done, nil} ->
      case work.() do
        {:error, reason} -> {:halt, {done, inspect(reason)}}
        _done -> {:cont, {done + 1, nil}}
      end
    end)
  end

  defp start_sleeper do
    port = Port.open({:spawn_executable, "/usr/bin/setsid"}, args: ["sleep", "60"])
    {:os_pid, process} = Port.info(port, :os_pid)
    process
  end
end
