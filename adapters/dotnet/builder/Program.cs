using System;
using System.IO;
using System.Reflection;

/// <summary>
/// Compiles a function with the compiler of the SDK: `dotnet builder.dll COMPILER WORKER ENTRYPOINT [PROJECT]` in the
/// function's folder. COMPILER is the folder of the SDK's compiler, WORKER the assembly with the types that functions use,
/// PROJECT what MSBuild has said of the function's project (project.targets).
/// </summary>
internal static class Program
{
    private const int UsageError = 64;

    private static int Main(string[] arguments)
    {
        if (arguments.Length < 3)
        {
            Console.Error.WriteLine("this is a part of /usr/local/src/build.sh; run that instead");
            return UsageError;
        }
        string compiler = arguments[0];
        AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) =>
        {
            string path = Path.Combine(compiler, new AssemblyName(wanted.Name).Name + ".dll");
            return File.Exists(path) ? Assembly.LoadFrom(path) : null;
        };
        return Builder.Run(arguments);
    }
}
