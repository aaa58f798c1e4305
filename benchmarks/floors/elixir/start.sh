exec elixir /floor/server.exs
