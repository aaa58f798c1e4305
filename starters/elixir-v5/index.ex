defmodule Index do
  alias Runtime.Context
  alias Runtime.Context.{Request, Response}

  @spec main(Context.t()) :: Response.t()
  def main(%Context{req: req, res: res} = context) do
    Context.log(context, "called with #{req.method} #{req.path}")
    body = if req.body_binary == "", do: "{}", else: Request.body_text(req)

    case JSON.decode(body) do
      {:ok, %{} = given} ->
        greeting = System.get_env("GREETING", "Hello")
        name = Map.get(given, "name", "World")
        client = Map.get(req.headers, "user-agent", "unknown")
        Response.json(res, %{message: "#{greeting}, #{name}!", client: client})

      _ ->
        Response.json(res, %{error: ~s(send a JSON object, such as {"name": "you"})}, 400)
    end
  end
end
