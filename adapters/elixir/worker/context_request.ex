defmodule Runtime.Context.Request do
  @moduledoc "`context.req`. The other forms of the body are made when they are asked for (V24)."

  defstruct [:method, :scheme, :host, :port, :path, :query_string, :url, :query, :headers, :body_binary]

  @type t :: %__MODULE__{
          method: String.t(),
          scheme: String.t(),
          host: String.t(),
          port: 0..65_535,
          path: String.t(),
          query_string: String.t(),
          url: String.t(),
          query: %{String.t() => String.t()},
          headers: %{String.t() => String.t()},
          body_binary: binary()
        }

  @doc "The body as text; what is not UTF-8 becomes U+FFFD."
  @spec body_text(t()) :: String.t()
  def body_text(%__MODULE__{body_binary: bytes}), do: String.replace_invalid(bytes)

  @doc "The old name of body_text."
  @spec body_raw(t()) :: String.t()
  def body_raw(%__MODULE__{} = req), do: body_text(req)

  @doc "The body, parsed. Raises JSON.DecodeError if it is no JSON."
  @spec body_json(t()) :: term()
  def body_json(%__MODULE__{body_binary: bytes}), do: JSON.decode!(bytes)

  @doc "body_json if the Content-Type says JSON, an empty map for an empty body; else body_text."
  @spec body(t()) :: term()
  def body(%__MODULE__{body_binary: bytes, headers: headers} = req) do
    json? = headers |> Map.get("content-type", "") |> String.downcase() |> String.starts_with?("application/json")

    cond do
      not json? -> body_text(req)
      bytes == "" -> %{}
      true -> body_json(req)
    end
  end
end
