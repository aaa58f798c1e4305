using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using System.Threading.Tasks;

namespace RuntimeAdapter
{
    /// <summary>The user's function, loaded from what build.sh has made of its file (contract L4).</summary>
    internal abstract class Function
    {
        /// <summary>The function's folder, in which the gateway starts the worker.</summary>
        internal static readonly string Folder = Directory.GetCurrentDirectory();

        /// <summary>Where the builder leaves an assembly for each file that holds a function.</summary>
        private const string Compiled = ".compiled";

        /// <summary>Calls the function: what it returns, a response or a task of one.</summary>
        internal abstract object Enter(RuntimeRequest request, RuntimeResponse response);

        /// <summary>Loads the function of a file; null if it holds none of the contract's shape (contract E1).</summary>
        internal static Function Load(string file)
        {
            string source = Process.Resolve(file);
            string folder = Path.Combine(Folder, Compiled, Path.GetRelativePath(Folder, source));
            string refusal = Path.Combine(folder, "refusal");
            if (File.Exists(refusal)) throw new SyntaxError(source, File.ReadAllText(refusal));
            string library = Path.Combine(folder, "function.dll");
            if (!File.Exists(library)) return null;
            var libraries = new Libraries(folder, Path.Combine(Folder, ".packages"));
            MethodInfo main = Find(libraries.LoadFromAssemblyPath(library), Path.GetFileNameWithoutExtension(source));
            if (main == null) return null;
            try
            {
                RuntimeHelpers.RunClassConstructor(main.DeclaringType.TypeHandle);
                Type called = main.IsStatic
                    ? typeof(OfType<>).MakeGenericType(main.ReturnType)
                    : typeof(OfObject<,>).MakeGenericType(main.DeclaringType, main.ReturnType);
                return (Function)Activator.CreateInstance(called, main);
            }
            catch (TypeInitializationException error) when (error.InnerException != null)
            {
                ExceptionDispatchInfo.Throw(error.InnerException);
                throw;
            }
        }

        /// <summary>The function: that of the class named as the file, else the first.</summary>
        private static MethodInfo Find(Assembly assembly, string name)
        {
            MethodInfo first = null;
            foreach (Type type in assembly.GetTypes())
            {
                MethodInfo main = Find(type);
                if (main != null && type.Name == name) return main;
                first = first ?? main;
            }
            return first;
        }

        private static MethodInfo Find(Type type)
        {
            if (type.ContainsGenericParameters || type.IsInterface) return null;
            const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (MethodInfo method in type.GetMethods(All))
            {
                if (method.Name == "Main" && IsFunction(method) && (method.IsStatic || HasConstructor(type))) return method;
            }
            return null;
        }

        private static bool IsFunction(MethodInfo method)
        {
            ParameterInfo[] parameters = method.GetParameters();
            Type result = method.ReturnType;
            return !method.ContainsGenericParameters && parameters.Length == 2
                && parameters[0].ParameterType == typeof(RuntimeRequest)
                && parameters[1].ParameterType == typeof(RuntimeResponse)
                && (result == typeof(RuntimeResponse) || result == typeof(Task<RuntimeResponse>) || result == typeof(ValueTask<RuntimeResponse>));
        }

        private static bool HasConstructor(Type type)
        {
            return type.IsClass && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) != null;
        }

        /// <summary>A static method.</summary>
        private sealed class OfType<TResult> : Function
        {
            private readonly Func<RuntimeRequest, RuntimeResponse, TResult> main;

            public OfType(MethodInfo method)
            {
                main = (Func<RuntimeRequest, RuntimeResponse, TResult>)method.CreateDelegate(typeof(Func<RuntimeRequest, RuntimeResponse, TResult>));
            }

            internal override object Enter(RuntimeRequest request, RuntimeResponse response) => main(request, response);
        }

        /// <summary>A method of an object, of which each request gets its own.</summary>
        private sealed class OfObject<TSelf, TResult> : Function where TSelf : class, new()
        {
            private readonly Func<TSelf, RuntimeRequest, RuntimeResponse, TResult> main;

            public OfObject(MethodInfo method)
            {
                main = (Func<TSelf, RuntimeRequest, RuntimeResponse, TResult>)method.CreateDelegate(typeof(Func<TSelf, RuntimeRequest, RuntimeResponse, TResult>));
            }

            internal override object Enter(RuntimeRequest request, RuntimeResponse response)
            {
                try
                {
                    return main(new TSelf(), request, response);
                }
                catch (TargetInvocationException error) when (error.InnerException != null) // its constructor's
                {
                    ExceptionDispatchInfo.Throw(error.InnerException);
                    throw;
                }
            }
        }

        /// <summary>The function's own libraries come first; what it has not is the worker's and .NET's.</summary>
        private sealed class Libraries : AssemblyLoadContext
        {
            private readonly string[] folders;

            internal Libraries(params string[] folders) => this.folders = folders;

            protected override Assembly Load(AssemblyName name)
            {
                string path = Find((name.CultureName ?? "") + Path.DirectorySeparatorChar + name.Name + ".dll");
                return path == null ? null : LoadFromAssemblyPath(path);
            }

            protected override IntPtr LoadUnmanagedDll(string name)
            {
                string path = Find(name) ?? Find(name + ".so") ?? Find("lib" + name + ".so");
                return path == null ? IntPtr.Zero : LoadUnmanagedDllFromPath(path);
            }

            private string Find(string name)
            {
                foreach (string folder in folders)
                {
                    string path = Path.Combine(folder, name.TrimStart(Path.DirectorySeparatorChar));
                    if (File.Exists(path)) return path;
                }
                return null;
            }
        }
    }
}
