defmodule Index do
  alias Runtime.Response

  def main(req, res) do
    Response.json(res, %{normal: "Hello World!", env1: req.env["ENV1"], payload: req.payload})
  end
end
