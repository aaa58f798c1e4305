using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

/// <summary>A file of the function, and what it is compiled as.</summary>
internal sealed class Source
{
    /// <summary>What .NET's projects of today have without saying so; functions of 2022 relied on it.</summary>
    private static readonly string[] Usual =
    {
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
    };

    internal readonly string Path;
    private readonly Project project;
    private readonly string text;
    private readonly CompilationUnitSyntax root;

    internal Source(string path, Project project)
    {
        Path = path;
        this.project = project;
        text = File.ReadAllText(path);
        // As a script: there a method may stand outside of any class.
        root = Parse(text, project.Options.WithKind(SourceCodeKind.Script)).GetCompilationUnitRoot();
    }

    /// <summary>Whether it has a method of a function's name and parameters, in a class or outside.</summary>
    internal bool HoldsFunction => Methods.Any(IsFunction);

    /// <summary>Whether it is where a program starts, such as a test of the function, which is no part of it.</summary>
    internal bool HoldsProgram => Methods.Any(IsProgram);

    private IEnumerable<MethodDeclarationSyntax> Methods => root.DescendantNodes(node => !(node is BlockSyntax)).OfType<MethodDeclarationSyntax>();

    private bool IsWrapped => root.Members.OfType<MethodDeclarationSyntax>().Any(IsFunction);

    /// <summary>Whether it is no C# at all.</summary>
    internal bool IsBroken => Errors.Any();

    /// <summary>What the compiler's parser says.</summary>
    internal IEnumerable<string> Errors => Tree(false).GetDiagnostics().Where(each => each.Severity == DiagnosticSeverity.Error).Select(Compiler.Shown);

    private static bool IsFunction(MethodDeclarationSyntax method)
    {
        SeparatedSyntaxList<ParameterSyntax> parameters = method.ParameterList.Parameters;
        if (Project.TakesContext)
        {
            string type = parameters.Count == 1 ? parameters[0].Type?.ToString() : null;
            return method.Identifier.Text == "Main" && (type == "RuntimeContext" || type == "DotNetRuntime.RuntimeContext");
        }
        return method.Identifier.Text == "Main" && parameters.Count == 2
            && parameters[0].Type?.ToString() == "RuntimeRequest" && parameters[1].Type?.ToString() == "RuntimeResponse";
    }

    private static bool IsProgram(MethodDeclarationSyntax method)
    {
        SeparatedSyntaxList<ParameterSyntax> parameters = method.ParameterList.Parameters;
        return method.Identifier.Text == "Main" && method.Modifiers.Any(SyntaxKind.StaticKeyword)
            && (parameters.Count == 0 || (parameters.Count == 1 && parameters[0].Type?.ToString() == "string[]"));
    }

    /// <summary>What is compiled; with <paramref name="usual"/> usings as if the file had them.</summary>
    internal SyntaxTree Tree(bool usual)
    {
        string place = $"#line 1 \"{Path}\"\n";
        // These must stand first in a file.
        bool first = root.Externs.Any() || root.ContainsDirectives && text.Contains("#define");
        // The types of a context are in a namespace, in which a function may be, but need not.
        IEnumerable<string> added = (usual ? Usual : Enumerable.Empty<string>()).Concat(Project.TakesContext ? new[] { "DotNetRuntime" } : Enumerable.Empty<string>());
        string before = added.Any() && !first ? string.Concat(added.Select(name => $"using {name};")) + "\n" + place : "";
        if (!IsWrapped) return Parse(before + text, project.Options);
        int end = root.Usings.Any() ? root.Usings.Last().FullSpan.End : root.Externs.Any() ? root.Externs.Last().FullSpan.End : 0;
        int line = root.SyntaxTree.GetText().Lines.GetLineFromPosition(end).LineNumber + 1;
        return Parse($"{before}{text.Substring(0, end)}\npublic class {ClassName()}\n{{\n#line {line} \"{Path}\"\n{text.Substring(end)}\n}}\n", project.Options);
    }

    /// <summary>The name of the class around a method that has none: the file's.</summary>
    private string ClassName()
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(Path);
        bool taken = root.Members.OfType<BaseTypeDeclarationSyntax>().Any(each => each.Identifier.Text == name);
        return SyntaxFacts.IsValidIdentifier(name) && !taken ? "@" + name : "Function_";
    }

    private SyntaxTree Parse(string code, CSharpParseOptions options)
    {
        return CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), options, Path);
    }
}
