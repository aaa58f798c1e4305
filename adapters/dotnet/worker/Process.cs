using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace RuntimeAdapter
{
    /// <summary>What the C library does, and .NET's does not.</summary>
    internal static class Process
    {
        private const int LongestPath = 4096;

        [DllImport("libc", EntryPoint = "_exit")]
        private static extern void Exit(int code);

        [DllImport("libc", EntryPoint = "realpath")]
        private static extern System.IntPtr RealPath(byte[] path, byte[] resolved);

        /// <summary>Ends the process at once, whatever threads and handlers the function has left.</summary>
        internal static void End(int code) => Exit(code);

        /// <summary>A path without links; the path itself if it leads nowhere.</summary>
        internal static string Resolve(string path)
        {
            var resolved = new byte[LongestPath + 1];
            if (RealPath(Encoding.UTF8.GetBytes(Path.GetFullPath(path) + '\0'), resolved) == System.IntPtr.Zero) return path;
            return Encoding.UTF8.GetString(resolved, 0, System.Array.IndexOf(resolved, (byte)0));
        }
    }
}
