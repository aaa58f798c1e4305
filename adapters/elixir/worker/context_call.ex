defmodule Runtime.Context.Call do
  @moduledoc "Calls of a function that takes a context: from CALL to RESULT (docs/worker-protocol.md)."

  import Bitwise
  import Runtime.Frames, only: [frame: 3, held_status: 1, text: 1]

  alias Runtime.{Context, Errors, Frames}
  alias Runtime.Context.{Journal, Journals, Response}

  @call 0x04
  @silent 0x17
  @result 0x19
  @takes_context 0x02
  # Flag of CALL.
  @logging 0x01

  defstruct [:socket, :folder, :journals]

  @doc "The kind of the frames that call it."
  def kind, do: @call

  @doc "How many arguments it takes."
  def arity, do: 1

  @doc "What a file lacks that has nothing to call."
  def wanted, do: "holds no module with a function main(context). Did you forget to export a 'main' function?"

  @doc "The flags of READY."
  def flags, do: <<@takes_context>>

  @doc "What calls need to know, worked out once."
  def prepare(socket, folder), do: %__MODULE__{socket: socket, folder: folder, journals: Journals.start(socket)}

  @doc "Calls the function in this process; the frame that says how it ended."
  def run(id, body, module, %__MODULE__{folder: folder} = known) do
    {flags, req} = Frames.call(body)
    journal = if (flags &&& @logging) != 0, do: Journal.open(known.socket, id, known.journals)
    context = %Context{req: req, res: %Response{}, journal: journal, folder: folder}
    result = Errors.attempt(fn -> id |> result(module.main(context)) |> IO.iodata_to_binary() end, folder)
    Journal.close(journal)

    case result do
      {:ok, frame} -> frame
      {:error, message} -> Frames.error(id, message)
    end
  end

  # What a function ends with that has only logged or printed is nothing, too.
  defp result(id, nothing) when nothing in [nil, :ok], do: frame(@silent, id, [])
  defp result(id, %Response{body: nil}), do: frame(@silent, id, [])

  defp result(id, %Response{} = response) do
    pairs = Response.pairs(response)
    headers = for {name, value} <- pairs, do: [text(name), text(value)]
    frame(@result, id, [<<held_status(response.status)::signed-32, length(pairs)::32>>, headers, response.body])
  end

  defp result(_id, other) do
    raise ArgumentError, "the function must return what Runtime.Context.Response gives, not #{inspect(other, limit: 5)}"
  end
end
