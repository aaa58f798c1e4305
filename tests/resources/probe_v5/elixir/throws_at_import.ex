defmodule Probe do
  raise "thrown while loading"
end
