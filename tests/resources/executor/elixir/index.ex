# What an executor asks of a function.
defmodule Index do
  alias Runtime.Context
  alias Runtime.Context.{Request, Response}

  def main(%Context{req: req} = context) do
    Context.log(context, "called #{req.method} #{req.path} #{Greeting.text()}")
    act(req.path, context)
  end

  defp act("/echo", %{req: req, res: res}), do: Response.binary(res, req.body_binary, 201, %{"x-made-by" => "a function"})

  defp act("/sleep", context) do
    Process.sleep(30_000)
    act("/", context)
  end

  defp act("/crash", context) do
    System.cmd("sh", ["-c", "kill -9 #{System.pid()}"])
    act("/", context)
  end

  defp act("/write", context) do
    File.write!("/tmp/written", "")
    if File.write("/mnt/logs/forged_logs.log", "") == {:error, :eacces}, do: Context.error(context, "EACCES")
    act("/", context)
  end

  defp act(_path, %{req: req, res: res}) do
    body = Request.body_text(req)
    Response.json(res, %{env: System.get_env(), headers: req.headers, folder: File.cwd!(), body: body, url: req.url})
  end
end
