defmodule Runtime.Errors do
  @moduledoc "Turns whatever a function ends with into a message (contract E2, E3)."

  # Of one error, in bytes: leaves room for the stack trace in a message's 8 KiB (contract E2).
  @text_limit 4000
  # Innermost first.
  @frame_limit 30

  @doc "What the work returns, or a description of what it raises, throws or exits with."
  def attempt(work, folder) do
    {:ok, work.()}
  catch
    kind, reason -> {:error, describe(kind, reason, __STACKTRACE__, folder)}
  end

  @doc "Type, text and the function's own stack frames; `kind` is what `catch` calls it."
  def describe(kind, reason, stack, folder) do
    text = banner(kind, Exception.normalize(kind, reason, stack))
    frames = stack |> Enum.map(&frame(&1, folder)) |> Enum.reject(&is_nil/1) |> Enum.take(@frame_limit)
    Enum.join([shortened(text) | frames], "\n    at ")
  end

  @doc "What is said of a process that was ended from outside, or with those it is linked to."
  def describe_end({reason, [entry | _] = stack}, folder) when is_tuple(entry), do: describe(:error, reason, stack, folder)
  def describe_end(reason, _folder), do: "exit: " <> Exception.format_exit(reason)

  defp banner(:error, exception), do: "#{inspect(exception.__struct__)}: #{Exception.message(exception)}"
  defp banner(kind, "" <> text), do: "#{kind}: #{text}"
  defp banner(:exit, reason), do: "exit: #{Exception.format_exit(reason)}"
  defp banner(kind, value), do: "#{kind}: #{inspect(value)}"

  # As many whole characters as the limit has room for.
  defp shortened(text) when byte_size(text) <= @text_limit, do: text

  defp shortened(text) do
    ends = @text_limit..(@text_limit - 3)//-1
    binary_part(text, 0, Enum.find(ends, @text_limit, &(:binary.at(text, &1) not in 0x80..0xBF)))
  end

  # Only frames in the function's folder: the compiler notes files relative to the folder it ran in, which was that one.
  defp frame({module, function, arity, place}, folder) do
    file = Path.expand(to_string(place[:file] || ""), folder)
    own? = place[:line] && String.starts_with?(file, folder <> "/") && File.regular?(file)
    if own?, do: "#{Exception.format_mfa(module, function, arity)} (#{file}:#{place[:line]})"
  end

  defp frame(_entry, _folder), do: nil
end
