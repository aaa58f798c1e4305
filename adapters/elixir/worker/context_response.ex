defmodule Runtime.Context.Response do
  @moduledoc "`context.res`, and what makes a function's answer of it: what these return, the function returns in turn (V27)."

  defstruct status: 200, headers: %{}, body: nil

  @typedoc "Names are texts or atoms. A list stands for several headers of one name."
  @type headers :: Enumerable.t({String.t() | atom(), term()})
  @type t :: %__MODULE__{status: integer(), headers: headers(), body: binary() | nil}

  @doc "Answers with bytes."
  @spec binary(t(), iodata(), integer(), headers()) :: t()
  def binary(%__MODULE__{} = res, bytes, status \\ 200, headers \\ %{}) do
    unless is_integer(status), do: raise(ArgumentError, "the status must be an integer, not #{inspect(status, limit: 5)}")
    %{res | body: IO.iodata_to_binary(bytes), status: status, headers: headers}
  end

  @doc "Answers with text, or with what has a text."
  @spec text(t(), String.Chars.t(), integer(), headers()) :: t()
  def text(%__MODULE__{} = res, text, status \\ 200, headers \\ %{}), do: binary(res, to_string(text), status, headers)

  @doc "The old name of text."
  @spec send(t(), String.Chars.t(), integer(), headers()) :: t()
  def send(%__MODULE__{} = res, text, status \\ 200, headers \\ %{}), do: binary(res, to_string(text), status, headers)

  @doc "Answers with a value as Elixir's own JSON writes it."
  @spec json(t(), term(), integer(), headers()) :: t()
  def json(%__MODULE__{} = res, value, status \\ 200, headers \\ %{}) do
    binary(res, Runtime.Response.encoded(value), status, with_own(headers, "content-type", "application/json"))
  end

  @doc "Answers without content."
  @spec empty(t()) :: t()
  def empty(%__MODULE__{} = res), do: binary(res, "", 204)

  @doc "Answers without content, and says where to go."
  @spec redirect(t(), String.t(), integer(), headers()) :: t()
  def redirect(%__MODULE__{} = res, url, status \\ 301, headers \\ %{}) do
    binary(res, "", status, with_own(headers, "location", url))
  end

  @doc false
  # Names and values; a name as often as it has values (V31).
  def pairs(%__MODULE__{headers: headers}) do
    for {name, values} <- headers, value <- List.wrap(values), do: {to_string(name), to_string(value)}
  end

  defp with_own(headers, own, value) do
    others = Enum.reject(headers, fn {name, _value} -> String.downcase(to_string(name)) == own end)
    others ++ [{own, value}]
  end
end
