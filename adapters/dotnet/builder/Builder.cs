using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

/// <summary>Compiles each file that holds a function into a folder of its own, with all files that hold none.</summary>
internal static class Builder
{
    /// <summary>Most errors shown of one compilation.</summary>
    private const int MostErrors = 20;

    internal static int Run(string[] arguments)
    {
        string folder = Directory.GetCurrentDirectory();
        string entrypoint = Path.GetFullPath(arguments[2]);
        Project project = arguments.Length > 3 ? Project.Described(arguments[3]) : Project.Found(folder);
        var sources = project.Sources.Append(entrypoint).Distinct().Select(path => new Source(path, project)).ToList();
        List<Source> others = sources.Where(each => !each.HoldsFunction && !each.HoldsProgram && each.Path != entrypoint).ToList();
        // A file that cannot be read is no reason not to compile functions that do not need it.
        List<Source> helpers = others.Where(each => !each.IsBroken).ToList();
        List<string> broken = others.SelectMany(each => each.Errors).ToList();
        var compilation = new Compiler(project, arguments[1]);
        int status = 0;
        foreach (Source each in sources.Where(each => each.HoldsFunction || (each.IsBroken && !each.HoldsProgram) || each.Path == entrypoint))
        {
            string target = Path.Combine(folder, ".compiled", Path.GetRelativePath(folder, each.Path));
            Directory.CreateDirectory(target);
            List<string> errors = others.Contains(each) ? each.Errors.ToList() : compilation.Compile(each, helpers, target);
            if (errors.Count == 0) continue;
            if (!others.Contains(each)) errors.AddRange(broken);
            string said = string.Join('\n', errors.Distinct().Take(MostErrors)) + "\n";
            File.WriteAllText(Path.Combine(target, "refusal"), said);
            if (each.Path != entrypoint) continue; // what else lies in the folder may not be for running
            Console.Error.Write(said);
            status = 1;
        }
        return status;
    }
}
