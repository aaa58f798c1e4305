defmodule Index.MixProject do
  use Mix.Project

  def project, do: [app: :function, version: "0.0.0", deps: [{:greeting, path: "greeting"}]]
end
