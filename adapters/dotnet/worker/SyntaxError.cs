using System;

namespace RuntimeAdapter
{
    /// <summary>A file does not compile; the text is the compiler's.</summary>
    internal sealed class SyntaxError : Exception
    {
        internal SyntaxError(string file, string text)
            : base($"SyntaxError: {file} does not compile:\n{text.TrimEnd()}")
        {
        }
    }
}
