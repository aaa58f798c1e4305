# What a function is called with, for editors and tests. The runtime has modules of its own with these names.

defmodule Runtime.Request do
  @type t :: %{
          env: %{String.t() => String.t()},
          headers: %{String.t() => String.t()},
          payload: String.t()
        }
end

defmodule Runtime.Response do
  defstruct [:value, :status]

  @type t :: %__MODULE__{}

  @doc "Answers with text."
  @spec send(t(), String.t(), integer()) :: t()
  def send(response, text, status \\ 200), do: %{response | value: text, status: status}

  @doc "Answers with a value as JSON."
  @spec json(t(), term(), integer()) :: t()
  def json(response, value, status \\ 200), do: %{response | value: value, status: status}
end
