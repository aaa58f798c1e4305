defmodule Probe do
  def main(req, res), do: Runtime.Response.json(res, %{payload: req.payload})
end
