defmodule Probe do
  def main(context), do: context +* 1
end
