defmodule Runtime.Response do
  @moduledoc "Makes a function's answer: what `send` or `json` returns and the function returns in turn (contract F3, F4)."

  defstruct kind: :none, status: 200, body: ""

  @doc "Answers with text; the status is 200 unless another is given."
  def send(%__MODULE__{} = response, text, status \\ 200) do
    unless is_binary(text), do: raise(ArgumentError, "send takes text, not #{inspect(text, limit: 5)}")
    unless String.valid?(text), do: raise(ArgumentError, "send takes text, and these bytes are no UTF-8")
    %{response | kind: :text, status: checked(status), body: text}
  end

  @doc "Answers with a value as Elixir's own JSON writes it; the status is 200 unless another is given."
  def json(%__MODULE__{} = response, value, status \\ 200) do
    %{response | kind: :json, status: checked(status), body: encoded(value)}
  end

  @doc false
  def encoded(value) do
    JSON.encode_to_iodata!(value)
  catch
    kind, reason ->
      text = Exception.format_banner(kind, Exception.normalize(kind, reason, __STACKTRACE__), __STACKTRACE__)
      raise ArgumentError, "JSON cannot hold this value: #{text}"
  end

  defp checked(status) when is_integer(status), do: status
  defp checked(status), do: raise(ArgumentError, "the status must be an integer, not #{inspect(status, limit: 5)}")
end
