defmodule Runtime.Call do
  @moduledoc "Calls of a function that takes a request and a response: from REQUEST to ANSWER (docs/worker-protocol.md)."

  import Runtime.Frames, only: [frame: 3, held_status: 1]

  alias Runtime.{Errors, Frames, Response}

  @request 0x01
  @answer 0x14
  @silent 0x17
  @types %{text: 0, json: 1}

  @doc "The kind of the frames that call it."
  def kind, do: @request

  @doc "How many arguments it takes."
  def arity, do: 2

  @doc "What a file lacks that has nothing to call."
  def wanted, do: "holds no module with a function main(req, res)"

  @doc "The flags of READY."
  def flags, do: <<>>

  @doc "What calls need to know, worked out once."
  def prepare(_socket, folder), do: folder

  @doc "Calls the function; the frame that says how it ended."
  def run(id, body, module, folder) do
    answered = fn -> id |> answered(module.main(Frames.request(body), %Response{})) |> IO.iodata_to_binary() end

    case Errors.attempt(answered, folder) do
      {:ok, frame} -> frame
      {:error, message} -> Frames.error(id, message)
    end
  end

  defp answered(id, %Response{kind: kind} = response) when kind != :none do
    frame(@answer, id, [<<held_status(response.status)::signed-32, @types[kind]>>, response.body])
  end

  defp answered(id, _nothing), do: frame(@silent, id, [])
end
