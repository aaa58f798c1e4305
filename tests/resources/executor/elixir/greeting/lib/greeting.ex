defmodule Greeting do
  def text, do: "hello"
end
