# The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
defmodule Index do
  alias Runtime.Context
  alias Runtime.Context.Response

  def main(%Context{req: req, res: res} = context) do
    Context.log(context, "#{req.method} #{req.path}")
    Response.json(res, %{normal: "Hello World!", path: req.path})
  end
end
