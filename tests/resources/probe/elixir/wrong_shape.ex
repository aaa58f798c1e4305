# What it calls main takes no request.
defmodule WrongShape do
  def main, do: "no function"
end
