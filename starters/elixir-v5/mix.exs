defmodule Index.MixProject do
  use Mix.Project

  def project do
    [
      app: :function,
      version: "0.0.0",
      elixir: "~> @VERSION@",
      elixirc_paths: paths(Mix.env()),
      deps: []
    ]
  end

  # The runtime compiles index.ex itself, and has the modules of runtime_types.
  defp paths(:prod), do: ["lib"]
  defp paths(_), do: ["lib", "index.ex", "runtime_types"]
end
