defmodule Runtime.Context do
  @moduledoc "What a function of the open-runtimes protocol is called with (docs/protocol-v5.md)."

  alias Runtime.Context.{Journal, Request, Response}
  alias Runtime.Errors

  @logs 0
  @errors 1

  defstruct [:req, :res, :journal, :folder]

  @type t :: %__MODULE__{req: Request.t(), res: Response.t()}

  @doc "Adds an entry to the request's logs."
  @spec log(t(), term()) :: :ok
  def log(%__MODULE__{} = context, value), do: Journal.tell(context.journal, @logs, entry(value, [], context.folder))

  @doc "Adds an entry to the request's errors; of an exception with its stack trace, which is `__STACKTRACE__` where it is rescued."
  @spec error(t(), term(), Exception.stacktrace()) :: :ok
  def error(%__MODULE__{} = context, value, stack \\ []) do
    Journal.tell(context.journal, @errors, entry(value, stack, context.folder))
  end

  # A value in an entry: text as it is, lists and maps as JSON, the rest as Elixir writes it (V14).
  defp entry("" <> text, _stack, _folder), do: text
  defp entry(error, stack, folder) when is_exception(error), do: Errors.describe(:error, error, stack, folder)
  defp entry(value, _stack, _folder) when is_list(value) or is_map(value), do: json(value)
  defp entry(value, _stack, _folder), do: inspect(value)

  defp json(value) do
    JSON.encode!(value)
  catch
    # Not all that is a list or a map is a value of JSON's.
    _kind, _reason -> inspect(value)
  end
end
