using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RuntimeAdapter
{
    /// <summary>The user's function, loaded from what build.sh has made of its file (contract L4).</summary>
    internal abstract class Function
    {
        /// <summary>The function's folder, in which the gateway starts the worker.</summary>
        internal static readonly string Folder = Directory.GetCurrentDirectory();

        /// <summary>The folder in which it was compiled.</summary>
        internal static string BuiltIn = Folder;

        /// <summary>Where the builder leaves an assembly for each file that holds a function.</summary>
        private const string Compiled = ".compiled";

        /// <summary>What calls it with a frame's body.</summary>
        internal abstract Call Call(Wire wire, int id, byte[] body);

        /// <summary>Loads the function of a file; null if it holds none of the shape (contract E1).</summary>
        internal static Function Load(string source, Shape shape)
        {
            string folder = Path.Combine(Folder, Compiled, Path.GetRelativePath(Folder, source));
            string refusal = Path.Combine(folder, "refusal");
            if (File.Exists(refusal)) throw new SyntaxError(source, File.ReadAllText(refusal));
            string library = Path.Combine(folder, "function.dll");
            if (!File.Exists(library)) return null;
            var libraries = new Libraries(folder, Path.Combine(Folder, ".packages"));
            MethodInfo main = Find(libraries.LoadFromAssemblyPath(library), Path.GetFileNameWithoutExtension(source), shape.IsFunction);
            if (main == null) return null;
            try
            {
                RuntimeHelpers.RunClassConstructor(main.DeclaringType.TypeHandle);
                Type called = main.IsStatic
                    ? shape.OfType.MakeGenericType(main.ReturnType)
                    : shape.OfObject.MakeGenericType(main.DeclaringType, main.ReturnType);
                return (Function)Activator.CreateInstance(called, main);
            }
            catch (TypeInitializationException error) when (error.InnerException != null)
            {
                ExceptionDispatchInfo.Throw(error.InnerException);
                throw;
            }
        }

        /// <summary>The function: that of the class named as the file, else the first.</summary>
        private static MethodInfo Find(Assembly assembly, string name, Predicate<MethodInfo> isFunction)
        {
            MethodInfo first = null;
            foreach (Type type in assembly.GetTypes())
            {
                MethodInfo main = Find(type, isFunction);
                if (main != null && type.Name == name) return main;
                first = first ?? main;
            }
            return first;
        }

        private static MethodInfo Find(Type type, Predicate<MethodInfo> isFunction)
        {
            if (type.ContainsGenericParameters || type.IsInterface) return null;
            const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (MethodInfo method in type.GetMethods(All))
            {
                if (method.Name == "Main" && !method.ContainsGenericParameters && isFunction(method) && (method.IsStatic || HasConstructor(type))) return method;
            }
            return null;
        }

        private static bool HasConstructor(Type type)
        {
            return type.IsClass && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) != null;
        }
    }
}
