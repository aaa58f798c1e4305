# Line 4 is no Elixir.
defmodule BrokenSyntax do
  alias Runtime.Response
  def main(_req, res), do: Response.send(res, ))
end
