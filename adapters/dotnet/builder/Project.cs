using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

/// <summary>What is compiled, and how.</summary>
internal sealed class Project
{
    /// <summary>A folder with stand-ins of the worker's types, for editors and tests.</summary>
    private const string Types = "runtime_types";

    /// <summary>Whether functions take a context (docs/protocol-v5.md).</summary>
    internal static readonly bool TakesContext = Environment.GetEnvironmentVariable("RUNTIME_SHAPE") == "context";

    /// <summary>The folder, from the function's, that its own build fills; empty if it names none.</summary>
    private static readonly string Output = TakesContext ? Environment.GetEnvironmentVariable("OPEN_RUNTIMES_OUTPUT_DIRECTORY") ?? "" : "";

    internal readonly List<string> Sources = new List<string>();
    internal readonly List<string> References = new List<string>();
    internal CSharpParseOptions Options = new CSharpParseOptions(LanguageVersion.Latest);
    internal CSharpCompilationOptions Compilation = new CSharpCompilationOptions(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true,
        assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);

    /// <summary>All C# files of a folder, with .NET's own assemblies.</summary>
    internal static Project Found(string folder)
    {
        var project = new Project();
        project.AddSources(folder);
        project.Sources.Sort(StringComparer.Ordinal);
        string packs = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location), "../../../packs/Microsoft.NETCore.App.Ref");
        string framework = Directory.GetDirectories(packs).OrderBy(each => Version.Parse(Path.GetFileName(each))).Last();
        foreach (string each in Directory.GetDirectories(Path.Combine(framework, "ref"))) project.References.AddRange(Directory.GetFiles(each, "*.dll"));
        return project;
    }

    private void AddSources(string folder)
    {
        Sources.AddRange(Directory.GetFiles(folder, "*.cs"));
        foreach (string each in Directory.GetDirectories(folder))
        {
            string name = Path.GetFileName(each);
            if (Output != "" && Path.GetFullPath(Output) == each) continue;
            if (name.StartsWith('.') || name == "bin" || name == "obj" || name == Types || new DirectoryInfo(each).LinkTarget() != null) continue;
            AddSources(each);
        }
    }

    /// <summary>What MSBuild has said of the function's project: lines of a word and its value (project.targets).</summary>
    internal static Project Described(string file)
    {
        var project = new Project();
        foreach (string line in File.ReadAllLines(file))
        {
            int blank = line.IndexOf(' ');
            if (blank > 0 && line.Length > blank + 1) project.Take(line.Substring(0, blank), line.Substring(blank + 1));
        }
        return project;
    }

    private void Take(string word, string value)
    {
        switch (word)
        {
            case "source": if (!IsGenerated(value) && !value.Contains($"/{Types}/")) Sources.Add(value); break;
            case "reference": References.Add(value); break;
            case "language":
                if (LanguageVersionFacts.TryParse(value, out LanguageVersion version)) Options = Options.WithLanguageVersion(version);
                break;
            case "define": Options = Options.WithPreprocessorSymbols(Options.PreprocessorSymbolNames.Append(value)); break;
            case "unsafe": Compilation = Compilation.WithAllowUnsafe(value.Equals("true", StringComparison.OrdinalIgnoreCase)); break;
            case "nullable":
                if (Enum.TryParse(value, true, out NullableContextOptions nullable)) Compilation = Compilation.WithNullableContextOptions(nullable);
                break;
        }
    }

    /// <summary>Whether MSBuild has made a source, which says only facts about the assembly.</summary>
    private static bool IsGenerated(string path) => path.EndsWith("AssemblyInfo.cs") || path.EndsWith("AssemblyAttributes.cs");
}

internal static class Links
{
    /// <summary>Where a link leads, or null for what is none; .NET 3.1 says only that it is one.</summary>
    internal static string LinkTarget(this FileSystemInfo file) => file.Attributes.HasFlag(FileAttributes.ReparsePoint) ? file.FullName : null;
}
