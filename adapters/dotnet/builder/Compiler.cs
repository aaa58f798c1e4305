using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

/// <summary>Makes assemblies of sources.</summary>
internal sealed class Compiler
{
    private static readonly EmitOptions Symbols = new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb);

    private readonly Project project;
    private readonly List<MetadataReference> references;

    internal Compiler(Project project, string worker)
    {
        this.project = project;
        references = project.References.Append(worker).Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToList();
    }

    /// <summary>Makes `function.dll` with its symbols in a folder; what is wrong, if it cannot.</summary>
    internal List<string> Compile(Source function, List<Source> helpers, string target)
    {
        Source[] sources = helpers.Append(function).ToArray();
        // With the usual usings where a file does not do without: a name could mean two things with them.
        List<string> errors = Emit(sources, false, target);
        if (errors.Count == 0) return errors;
        List<string> second = Emit(sources, true, target);
        return second.Count <= errors.Count ? second : errors;
    }

    private List<string> Emit(Source[] sources, bool usual, string target)
    {
        var compilation = CSharpCompilation.Create("function", sources.Select(each => each.Tree(usual)), references, project.Compilation);
        var library = new MemoryStream();
        var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(library, symbols, options: Symbols);
        if (result.Success)
        {
            File.WriteAllBytes(Path.Combine(target, "function.dll"), library.ToArray());
            File.WriteAllBytes(Path.Combine(target, "function.pdb"), symbols.ToArray());
            return new List<string>();
        }
        return result.Diagnostics.Where(each => each.Severity == DiagnosticSeverity.Error)
            .OrderBy(each => each.Location.GetMappedLineSpan().Path).ThenBy(each => each.Location.GetMappedLineSpan().StartLinePosition)
            .Select(Shown).ToList();
    }

    /// <summary>A diagnostic with the user's file and line.</summary>
    internal static string Shown(Diagnostic each)
    {
        FileLinePositionSpan place = each.Location.GetMappedLineSpan();
        string where = place.Path == null ? "" : $"{place.Path}:{place.StartLinePosition.Line + 1}:{place.StartLinePosition.Character + 1}: ";
        return $"{where}error {each.Id}: {each.GetMessage()}";
    }
}
