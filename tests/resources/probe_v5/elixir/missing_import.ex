defmodule Probe do
  import Nowhere

  def main(context), do: found(context)
end
