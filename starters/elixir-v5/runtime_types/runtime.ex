# What a function is called with, for editors and tests. The runtime has modules of its own with these names.

defmodule Runtime.Context do
  defstruct [:req, :res]

  @type t :: %__MODULE__{req: Runtime.Context.Request.t(), res: Runtime.Context.Response.t()}

  @doc "Adds an entry to the request's logs."
  @spec log(t(), term()) :: :ok
  def log(%__MODULE__{}, value), do: note({:log, value})

  @doc "Adds an entry to the request's errors; of an exception with its `__STACKTRACE__`."
  @spec error(t(), term(), Exception.stacktrace()) :: :ok
  def error(%__MODULE__{}, value, _stack \\ []), do: note({:error, value})

  # A test finds it in its process's messages.
  defp note(entry) do
    send(self(), entry)
    :ok
  end
end

defmodule Runtime.Context.Request do
  defstruct method: "GET",
            scheme: "http",
            host: "localhost",
            port: 80,
            path: "/",
            query_string: "",
            url: "http://localhost/",
            query: %{},
            headers: %{},
            body_binary: ""

  @typedoc "Path and query are as they were sent, not decoded; names of headers are in lower case."
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

  @doc "The body as text."
  @spec body_text(t()) :: String.t()
  def body_text(%__MODULE__{body_binary: bytes}), do: bytes

  @doc "The old name of body_text."
  @spec body_raw(t()) :: String.t()
  def body_raw(%__MODULE__{} = req), do: body_text(req)

  @doc "The body, parsed. Raises JSON.DecodeError if it is no JSON."
  @spec body_json(t()) :: term()
  def body_json(%__MODULE__{body_binary: bytes}), do: JSON.decode!(bytes)

  @doc "body_json if the Content-Type says JSON, an empty map for an empty body; else body_text."
  @spec body(t()) :: term()
  def body(%__MODULE__{headers: %{"content-type" => "application/json" <> _}} = req) do
    if req.body_binary == "", do: %{}, else: body_json(req)
  end

  def body(%__MODULE__{} = req), do: body_text(req)
end

defmodule Runtime.Context.Response do
  defstruct [:value, :status, :headers]

  @typedoc "Names are texts or atoms. A list stands for several headers of one name."
  @type headers :: Enumerable.t({String.t() | atom(), term()})
  @type t :: %__MODULE__{}

  @doc "Answers with text."
  @spec text(t(), String.Chars.t(), integer(), headers()) :: t()
  def text(res, text, status \\ 200, headers \\ %{}), do: answer(res, text, status, headers)

  @doc "The old name of text."
  @spec send(t(), String.Chars.t(), integer(), headers()) :: t()
  def send(res, text, status \\ 200, headers \\ %{}), do: answer(res, text, status, headers)

  @doc "Answers with bytes."
  @spec binary(t(), iodata(), integer(), headers()) :: t()
  def binary(res, bytes, status \\ 200, headers \\ %{}), do: answer(res, bytes, status, headers)

  @doc "Answers with a value as JSON."
  @spec json(t(), term(), integer(), headers()) :: t()
  def json(res, value, status \\ 200, headers \\ %{}), do: answer(res, value, status, headers)

  @doc "Answers without content."
  @spec empty(t()) :: t()
  def empty(res), do: answer(res, "", 204, %{})

  @doc "Answers without content, and says where to go."
  @spec redirect(t(), String.t(), integer(), headers()) :: t()
  def redirect(res, url, status \\ 301, headers \\ %{}), do: answer(res, url, status, headers)

  defp answer(%__MODULE__{} = res, value, status, headers) do
    %{res | value: value, status: status, headers: headers}
  end
end
