# The probe in a process of its own, in a file that loads another: what it prints is its request's all the same.
Code.require_file("index.ex", __DIR__)

defmodule OtherForm do
  def main(context), do: fn -> Probe.main(context) end |> Task.async() |> Task.await(:infinity)
end
