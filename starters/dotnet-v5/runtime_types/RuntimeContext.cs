using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

// The types of functions, for editors and tests. When the function is built, the runtime's own take their place.
namespace DotNetRuntime
{
    /// <summary>What Main is called with.</summary>
    public class RuntimeContext
    {
        public RuntimeRequest Req { get; set; }

        public RuntimeResponse Res { get; set; } = new RuntimeResponse();

        /// <summary>Adds an entry to the request's logs; in tests it is printed.</summary>
        public void Log(object message) => Console.WriteLine(message);

        public void Log(object first, object second, params object[] more) => Console.WriteLine($"{first} {second} {string.Join(" ", more)}");

        /// <summary>Adds an entry to the request's errors; in tests it is printed.</summary>
        public void Error(object message) => Console.WriteLine(message);

        public void Error(object first, object second, params object[] more) => Log(first, second, more);
    }

    /// <summary>The request. Names of headers are in lower case; path and query are not decoded.</summary>
    public class RuntimeRequest
    {
        public string Method { get; set; } = "GET";

        public string Scheme { get; set; } = "http";

        public string Host { get; set; } = "localhost";

        public int Port { get; set; } = 80;

        public string Path { get; set; } = "/";

        public Dictionary<string, string> Query { get; set; } = new Dictionary<string, string>();

        public string QueryString { get; set; } = "";

        public string Url { get; set; } = "http://localhost/";

        public Dictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

        public byte[] BodyBinary { get; set; } = Array.Empty<byte>();

        public string BodyText => Encoding.UTF8.GetString(BodyBinary);

        public string BodyRaw => BodyText;

        /// <summary>The body's JSON object. Throws JsonException if it is none.</summary>
        public Dictionary<string, object> BodyJson => JsonSerializer.Deserialize<Dictionary<string, object>>(BodyBinary) ?? NoObject();

        private static Dictionary<string, object> NoObject() => throw new JsonException("the body is no JSON object");
    }

    /// <summary>What Main returns.</summary>
    public class RuntimeOutput
    {
        public byte[] Body { get; set; }

        public int StatusCode { get; set; }

        /// <summary>Several cookies are lines of one value of set-cookie.</summary>
        public Dictionary<string, string> Headers { get; set; }
    }

    /// <summary>Makes what Main returns.</summary>
    public class RuntimeResponse
    {
        public RuntimeOutput Binary(byte[] bytes, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return new RuntimeOutput { Body = bytes, StatusCode = statusCode, Headers = headers ?? new Dictionary<string, string>() };
        }

        public RuntimeOutput Text(string body, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return Binary(Encoding.UTF8.GetBytes(body), statusCode, headers);
        }

        public RuntimeOutput Json(object json, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return Text(JsonSerializer.Serialize(json), statusCode, headers);
        }

        public RuntimeOutput Empty() => Text("", 204);

        public RuntimeOutput Redirect(string url, int statusCode = 301, Dictionary<string, string> headers = null)
        {
            var all = new Dictionary<string, string>(headers ?? new Dictionary<string, string>()) { ["location"] = url };
            return Text("", statusCode, all);
        }
    }
}
