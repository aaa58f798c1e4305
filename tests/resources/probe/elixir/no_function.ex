# Holds no function called main.
defmodule NoFunction do
  def other(_req, res), do: Runtime.Response.send(res, "never")
end
