# What GREETING says to whom the payload names.
defmodule Index do
  alias Runtime.Response

  def main(req, res) do
    given = if req.payload == "", do: %{}, else: JSON.decode!(req.payload)
    greeting = Map.get(req.variables, "GREETING", "Hello")
    name = Map.get(given, "name", "World")
    Response.json(res, %{message: "#{greeting}, #{name}!", client: req.headers["user-agent"]})
  end
end
