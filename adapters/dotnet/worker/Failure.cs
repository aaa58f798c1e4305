using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace RuntimeAdapter
{
    /// <summary>Turns anything that a function can throw into a message (contract E2, E3).</summary>
    internal static class Failure
    {
        /// <summary>Longest text of one error: leaves room for the stack trace in the 8 KiB of a message.</summary>
        private const int LongestText = 1000;

        /// <summary>Most stack frames shown of one error, innermost first.</summary>
        private const int MostFrames = 30;
        private const int MostCauses = 10;

        /// <summary>Type, text and the function's own stack frames of an error and of what caused it.</summary>
        internal static string Describe(Exception error)
        {
            var text = new StringBuilder();
            try
            {
                var seen = new List<Exception>();
                for (Exception each = error; each != null && seen.Count < MostCauses && !seen.Contains(each); each = each.InnerException)
                {
                    if (seen.Count > 0) text.Append("\ncaused by ");
                    seen.Add(each);
                    text.Append(each.GetType().FullName).Append(": ").Append(Said(each));
                    AddFrames(text, each);
                }
            }
            catch (Exception second)
            {
                text.Append(" (describing this error threw ").Append(second.GetType().FullName).Append(')');
            }
            return text.ToString();
        }

        private static string Said(Exception error)
        {
            string said;
            try
            {
                said = error.Message ?? "";
            }
            catch (Exception second)
            {
                return "(its text cannot be read: " + second.GetType().FullName + " in Message)";
            }
            if (said.Length <= LongestText) return said;
            return said.Substring(0, char.IsHighSurrogate(said[LongestText - 1]) ? LongestText - 1 : LongestText);
        }

        private static void AddFrames(StringBuilder text, Exception error)
        {
            int shown = 0;
            foreach (StackFrame frame in new StackTrace(error, true).GetFrames())
            {
                string file = frame.GetFileName();
                if (file == null || !file.StartsWith(Function.BuiltIn, StringComparison.Ordinal)) continue;
                file = Function.Folder + file.Substring(Function.BuiltIn.Length);
                text.Append("\n    at ").Append(Name(frame.GetMethod()));
                text.Append(" (").Append(file).Append(':').Append(frame.GetFileLineNumber()).Append(')');
                if (++shown == MostFrames) return;
            }
        }

        /// <summary>
        /// A method's name as in its source: an asynchronous one is compiled into a class `&lt;Main&gt;d__0`, a lambda into a
        /// method `&lt;Main&gt;b__0` of one.
        /// </summary>
        private static string Name(MethodBase method)
        {
            if (method == null) return "?";
            string name = method.Name;
            Type type = method.DeclaringType;
            while (type != null && type.Name.StartsWith("<", StringComparison.Ordinal))
            {
                if (name == "MoveNext") name = type.Name;
                type = type.DeclaringType;
            }
            int end = name.IndexOf('>');
            if (name.StartsWith("<", StringComparison.Ordinal) && end > 1) name = name.Substring(1, end - 1);
            return type == null ? name : type.FullName + "." + name;
        }
    }
}
