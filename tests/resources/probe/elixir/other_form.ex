# The probe as a function that another module's is.
Code.require_file("index.ex", __DIR__)

defmodule OtherForm do
  defdelegate main(req, res), to: Probe
end
