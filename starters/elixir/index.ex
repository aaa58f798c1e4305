defmodule Index do
  alias Runtime.{Request, Response}

  @spec main(Request.t(), Response.t()) :: Response.t()
  def main(req, res) do
    payload = if req.payload == "", do: "{}", else: req.payload

    case JSON.decode(payload) do
      {:ok, %{} = given} ->
        greeting = Map.get(req.env, "GREETING", "Hello")
        name = Map.get(given, "name", "World")
        client = Map.get(req.headers, "user-agent", "unknown")
        Response.json(res, %{message: "#{greeting}, #{name}!", client: client})

      _ ->
        Response.json(res, %{error: ~s(send a JSON object, such as {"name": "you"})}, 400)
    end
  end
end
