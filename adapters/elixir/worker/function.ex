defmodule Runtime.Function do
  @moduledoc "The function's code: compiled by build.sh, or when it is loaded if it is not the entrypoint."

  @compiled ".elixir"

  @doc "Compiles the entrypoint, so that a launch need not. Run by build.sh, in the function's folder."
  def build(entrypoint) do
    target = Path.join(@compiled, entrypoint)
    File.mkdir_p!(target)
    use_project(File.cwd!())

    for {{module, code}, number} <- Enum.with_index(Code.compile_file(entrypoint)) do
      # Numbered: the order in which they were defined is the order in which they are loaded and looked at.
      number = String.pad_leading("#{number}", 6, "0")
      File.write!(Path.join(target, "#{number} #{module}"), code)
    end
  end

  @doc "The module in the file that has `main` of this arity, loaded with all others of the file; nil if none has."
  def load(file, folder, arity) do
    use_project(folder)
    compiled = Path.join([folder, @compiled, Path.relative_to(file, folder)])

    modules =
      case File.ls(compiled) do
        {:ok, names} -> for name <- Enum.sort(names), do: load_compiled(Path.join(compiled, name), name)
        {:error, _none} -> for {module, _code} <- compile(file), do: module
      end

    Enum.find(modules, &function_exported?(&1, :main, arity))
  end

  defp load_compiled(path, <<_number::binary-size(6), " ", name::binary>>) do
    module = String.to_atom(name)
    {:module, ^module} = :code.load_binary(module, String.to_charlist(path), File.read!(path))
    module
  end

  # Where the compiler has printed what is wrong, its error says only that it has.
  defp compile(file) do
    {:ok, _started} = Application.ensure_all_started(:compiler)

    {compiled, found} =
      Code.with_diagnostics([log: true], fn ->
        try do
          {:ok, Code.compile_file(file)}
        rescue
          error in CompileError -> {error, __STACKTRACE__}
        end
      end)

    with {%CompileError{} = error, stack} <- compiled do
      texts = for %{severity: :error, message: text, position: place} <- found, do: "line #{line(place)}: #{text}"
      reraise %{error | description: Enum.join([error.description | texts], "\n")}, stack
    end

    {:ok, modules} = compiled
    modules
  end

  defp line({line, _column}), do: line
  defp line(line), do: line

  # What mix has compiled of the function's project and its dependencies; the applications among them are started.
  defp use_project(folder) do
    paths = Path.wildcard("#{folder}/_build/prod/lib/*/ebin")
    Code.append_paths(paths)
    for path <- paths, app = path |> Path.dirname() |> Path.basename(), do: Application.ensure_all_started(String.to_atom(app))
  end
end
