using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

namespace RuntimeAdapter
{
    /// <summary>The function's own libraries come first; what it has not is the worker's and .NET's.</summary>
    internal sealed class Libraries : AssemblyLoadContext
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
