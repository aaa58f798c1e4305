defmodule Runtime.Frames do
  @moduledoc "The frames between gateway and worker (docs/worker-protocol.md)."

  @error 0x15

  # The shortest that says how long a frame is.
  @size 4

  # What has come of a frame that is not whole yet, its last part first.
  defstruct parts: [], held: 0, needed: @size

  @doc "A frame of some kind for a request, in parts to be written together."
  def frame(kind, id, body), do: [<<IO.iodata_length(body) + 5::32, kind, id::32>>, body]

  @doc "A text of the protocol."
  def text(text), do: [<<byte_size(text)::32>>, text]

  @doc "An ERROR frame, as one binary."
  def error(id, message), do: IO.iodata_to_binary(frame(@error, id, [<<500::16>>, text(message)]))

  @doc "A status as the frames hold it: one beyond 32 bits is out of range anyway, which the gateway says."
  def held_status(status) when status in -0x80000000..0x7FFFFFFF, do: status
  def held_status(_status), do: -1

  @doc "Adds what has come: the frames that are whole now, and what is left."
  def add(%__MODULE__{parts: parts, held: held, needed: needed} = left, data) when held + byte_size(data) < needed do
    {[], %{left | parts: [data | parts], held: held + byte_size(data)}}
  end

  # Parts are joined once, when a frame is whole: a large one comes in hundreds.
  def add(%__MODULE__{parts: parts}, data), do: [data | parts] |> Enum.reverse() |> IO.iodata_to_binary() |> split([])

  defp split(<<size::32, frame::binary-size(size), rest::binary>>, found), do: split(rest, [frame | found])
  defp split(<<>>, found), do: {Enum.reverse(found), %__MODULE__{}}

  defp split(rest, found) do
    needed = with <<size::32, _begun::binary>> <- rest, do: @size + size, else: (_short -> @size)
    {Enum.reverse(found), %__MODULE__{parts: [rest], held: byte_size(rest), needed: needed}}
  end

  @doc "What the body of a REQUEST brings to the function."
  def request(body) do
    {env, rest} = read_map(body)
    {headers, rest} = read_map(rest)
    {payload, ""} = read_text(rest)
    # `variables` is the name that env had in 2022 (contract F8).
    %{env: env, variables: env, headers: headers, payload: payload}
  end

  @doc "The flags of the body of a CALL, and what it brings to the function."
  def call(<<flags, rest::binary>>) do
    {method, rest} = read_text(rest)
    {scheme, rest} = read_text(rest)
    {host, <<port::16, rest::binary>>} = read_text(rest)
    {path, rest} = read_text(rest)
    {query_string, rest} = read_text(rest)
    {url, rest} = read_text(rest)
    {query, rest} = read_map(rest)
    {headers, body} = read_map(rest)

    {flags,
     %Runtime.Context.Request{
       method: method,
       scheme: scheme,
       host: host,
       port: port,
       path: path,
       query_string: query_string,
       url: url,
       query: query,
       headers: headers,
       body_binary: body
     }}
  end

  defp read_map(<<count::32, rest::binary>>) do
    Enum.reduce(1..count//1, {%{}, rest}, fn _number, {map, rest} ->
      {key, rest} = read_text(rest)
      {value, rest} = read_text(rest)
      {Map.put(map, key, value), rest}
    end)
  end

  defp read_text(<<size::32, text::binary-size(size), rest::binary>>), do: {text, rest}
end
