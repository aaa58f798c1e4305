defmodule Runtime.Context.Journal do
  @moduledoc """
  Takes what one request logs, and what it prints: it is the group leader of the request's process, and so of all processes
  that come of that one, whatever they do (V16). They need nothing else to be told apart from other requests'.
  """

  import Runtime.Frames, only: [frame: 3]

  alias Runtime.Context.Journals

  @log 0x18
  @stdout 0
  @stderr 1
  @by_context 0
  @printed 1

  # `begun` holds the lines of stdout and stderr that have no end yet. The id 0 is nobody's.
  defstruct [:socket, :id, :device, :journals, begun: {"", ""}]

  @doc "Opens one for the calling process."
  def open(socket, id, journals) do
    owner = self()
    state = %__MODULE__{socket: socket, id: id, device: Process.group_leader(), journals: journals}

    journal =
      spawn(fn ->
        Process.monitor(owner)
        serve(state)
      end)

    Journals.add(journal)
    Process.group_leader(owner, journal)
    journal
  end

  @doc "One that belongs to no request: what is printed there is the container's only."
  def of_nobody(socket), do: spawn(fn -> serve(%__MODULE__{socket: socket, id: 0, device: Process.group_leader()}) end)

  @doc "Adds an entry, behind all that was printed before it. Without a journal, or after the request, it is dropped."
  def tell(nil, _stream, _text), do: :ok
  def tell(journal, stream, text), do: ask(journal, {:tell, stream, text})

  @doc "Ends the request, after what was printed without a line end."
  def close(nil), do: :ok
  def close(journal), do: ask(journal, :close)

  # Returns when it is done: then it is known, whatever becomes of this process.
  defp ask(journal, request) do
    monitor = Process.monitor(journal)
    send(journal, {request, self(), monitor})

    receive do
      {^monitor, :done} -> Process.demonitor(monitor, [:flush])
      {:DOWN, ^monitor, :process, _journal, _reason} -> true
    end

    :ok
  end

  defp serve(%__MODULE__{id: id} = state) do
    receive do
      {:io_request, from, reply_as, request} -> state |> print(@stdout, from, reply_as, request) |> serve()
      {:error_request, from, reply_as, request} -> state |> print(@stderr, from, reply_as, request) |> serve()
      {{:tell, stream, text}, from, monitor} -> state |> enter(stream, text) |> answer(from, monitor) |> serve()
      {:close, from, monitor} -> state |> finish() |> answer(from, monitor) |> serve()
      # The request's process was ended from outside.
      {:DOWN, _monitor, :process, _owner, _reason} when id != 0 -> state |> finish() |> serve()
      # Nobody has it as leader any more.
      :leave -> :ok
      _foreign -> serve(state)
    end
  end

  defp answer(state, from, monitor) do
    send(from, {monitor, :done})
    state
  end

  defp finish(state) do
    state = flush(state)
    Journals.finished(state.journals, self())
    %{state | id: 0}
  end

  defp enter(%__MODULE__{id: 0} = state, _stream, _text), do: state

  defp enter(state, stream, text) do
    state = flush(state)
    write(state, [{stream, @by_context, text}])
    state
  end

  # What the io module and those like it send to a device.
  defp print(state, stream, from, reply_as, request) do
    case text_of(request) do
      {:ok, text} ->
        send(from, {:io_reply, reply_as, :ok})
        take(state, stream, text)

      :error ->
        send(from, {:io_reply, reply_as, {:error, request}})
        state

      :other ->
        send(state.device, {:io_request, from, reply_as, request})
        state
    end
  end

  defp text_of({:put_chars, encoding, chars}), do: converted(chars, encoding)
  defp text_of({:put_chars, chars}), do: converted(chars, :latin1)

  defp text_of({:put_chars, encoding, module, function, arguments}) do
    converted(apply(module, function, arguments), encoding)
  catch
    _kind, _reason -> :error
  end

  defp text_of({:requests, requests}) do
    Enum.reduce_while(requests, {:ok, ""}, fn request, {:ok, text} ->
      with {:ok, more} <- text_of(request), do: {:cont, {:ok, text <> more}}, else: (other -> {:halt, other})
    end)
  end

  defp text_of(_request), do: :other

  defp converted(chars, encoding) do
    case :unicode.characters_to_binary(chars, encoding) do
      "" <> text -> {:ok, text}
      _broken -> :error
    end
  rescue
    ArgumentError -> :error
  end

  # Each line is an entry.
  defp take(state, stream, text) do
    [first | more] = :binary.split(text, "\n", [:global])
    lines = [elem(state.begun, stream) <> first | more]
    {whole, [rest]} = Enum.split(lines, -1)
    write(state, for(line <- whole, do: {stream, @printed, line}))
    %{state | begun: put_elem(state.begun, stream, rest)}
  end

  defp flush(%__MODULE__{begun: {"", ""}} = state), do: state

  defp flush(%__MODULE__{begun: {one, other}} = state) do
    write(state, for({stream, text} <- [{@stdout, one}, {@stderr, other}], text != "", do: {stream, @printed, text}))
    %{state | begun: {"", ""}}
  end

  # A gateway that is gone ends the process where it reads.
  defp write(_state, []), do: :ok

  defp write(%__MODULE__{socket: socket, id: id}, entries) do
    :gen_tcp.send(socket, for({stream, origin, text} <- entries, do: frame(@log, id, [<<stream, origin>>, text])))
  end
end
