using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace DotNetRuntime
{
    /// <summary>The request of a context (V19 to V24).</summary>
    public class RuntimeRequest
    {
        public string Method { get; }

        public string Scheme { get; }

        public string Host { get; }

        public int Port { get; }

        /// <summary>As it was sent, not decoded.</summary>
        public string Path { get; }

        /// <summary>Values are not decoded.</summary>
        public Dictionary<string, string> Query { get; }

        public string QueryString { get; }

        public string Url { get; }

        /// <summary>Names are in lower case.</summary>
        public Dictionary<string, string> Headers { get; }

        public byte[] BodyBinary { get; }

        public RuntimeRequest(
            string method, string scheme, string host, int port, string path, Dictionary<string, string> query, string queryString, string url,
            Dictionary<string, string> headers, byte[] bodyBinary)
        {
            Method = method;
            Scheme = scheme;
            Host = host;
            Port = port;
            Path = path;
            Query = query;
            QueryString = queryString;
            Url = url;
            Headers = headers;
            BodyBinary = bodyBinary;
        }

        /// <summary>The body as UTF-8.</summary>
        public string BodyText => Encoding.UTF8.GetString(BodyBinary);

        /// <summary>The old name of BodyText.</summary>
        public string BodyRaw => BodyText;

        /// <summary>The body's JSON object; its values are of JsonElement. Throws JsonException if the body is none.</summary>
        public Dictionary<string, object> BodyJson => Parsed<Dictionary<string, object>>() ?? throw new JsonException("the body cannot be parsed as a JSON object: it is null");

        /// <summary>
        /// The parsed JSON if the Content-Type says so: an object as a dictionary, which is empty for an empty body, else a
        /// JsonElement. Any other body is text.
        /// </summary>
        public object Body
        {
            get
            {
                bool isJson = Headers.TryGetValue("content-type", out string type) && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
                if (!isJson) return BodyText;
                if (BodyBinary.Length == 0) return new Dictionary<string, object>();
                var value = Parsed<JsonElement>();
                return value.ValueKind == JsonValueKind.Object ? BodyJson : (object)value;
            }
        }

        private T Parsed<T>()
        {
            try
            {
                return JsonSerializer.Deserialize<T>(BodyBinary);
            }
            catch (JsonException error)
            {
                throw new JsonException("the body cannot be parsed as JSON: " + error.Message, error);
            }
        }
    }
}
