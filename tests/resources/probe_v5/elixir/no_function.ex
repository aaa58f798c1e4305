defmodule Probe do
  @main 5
  def other, do: @main
end
