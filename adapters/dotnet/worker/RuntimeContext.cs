using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using RuntimeAdapter;

namespace DotNetRuntime
{
    /// <summary>What a function of the open-runtimes protocol is called with (docs/protocol-v5.md).</summary>
    public class RuntimeContext
    {
        private readonly Action<bool, string> log;

        /// <summary>The request.</summary>
        public RuntimeRequest Req { get; set; }

        /// <summary>Makes what the function returns.</summary>
        public RuntimeResponse Res { get; set; }

        internal RuntimeContext(RuntimeRequest req, RuntimeResponse res, Action<bool, string> log)
        {
            Req = req;
            Res = res;
            this.log = log;
        }

        /// <summary>Adds an entry to the request's logs.</summary>
        public void Log(object message) => log(false, Entry(message));

        /// <summary>Adds an entry of several values to the request's logs.</summary>
        public void Log(object first, object second, params object[] more) => log(false, Entry(first, second, more));

        /// <summary>Adds an entry to the request's errors.</summary>
        public void Error(object message) => log(true, Entry(message));

        /// <summary>Adds an entry of several values to the request's errors.</summary>
        public void Error(object first, object second, params object[] more) => log(true, Entry(first, second, more));

        private static string Entry(object first, object second, object[] more)
        {
            var texts = new List<string> { Entry(first), Entry(second) };
            foreach (object each in more) texts.Add(Entry(each));
            return string.Join(" ", texts);
        }

        /// <summary>A value in an entry: errors with their trace, maps, lists and objects as JSON, the rest as .NET writes it (V14).</summary>
        private static string Entry(object value)
        {
            try
            {
                switch (value)
                {
                    case null: return "null";
                    case string text: return text;
                    case Exception error: return Failure.Describe(error);
                    case IFormattable number: return number.ToString(null, CultureInfo.InvariantCulture);
                    case IDictionary _: case IEnumerable _: return Json.Write(value);
                }
                // ToString of a type that has none of its own says only the type's name; anonymous ones have the compiler's.
                Type says = value.GetType().GetMethod("ToString", Type.EmptyTypes)?.DeclaringType;
                bool isOwn = says != typeof(object) && says != typeof(ValueType) && says?.Name[0] != '<';
                return isOwn ? value.ToString() : Json.Write(value);
            }
            catch (Exception)
            {
                return value.GetType().ToString(); // what the object has to say of itself is an error
            }
        }
    }

    /// <summary>What a function returns.</summary>
    public class RuntimeOutput
    {
        /// <summary>The answer's bytes.</summary>
        public byte[] Body { get; set; }

        /// <summary>Its status.</summary>
        public int StatusCode { get; set; }

        /// <summary>Its headers. Several cookies are lines of one value of set-cookie (V31).</summary>
        public Dictionary<string, string> Headers { get; set; }

        public RuntimeOutput(byte[] body, int statusCode, Dictionary<string, string> headers)
        {
            Body = body;
            StatusCode = statusCode;
            Headers = headers;
        }
    }
}
