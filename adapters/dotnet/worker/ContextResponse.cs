using System.Collections.Generic;
using System.Text;

namespace DotNetRuntime
{
    /// <summary>Makes what a function returns (V27).</summary>
    public class RuntimeResponse
    {
        /// <summary>Answers with bytes.</summary>
        public RuntimeOutput Binary(byte[] bytes, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return new RuntimeOutput(bytes, statusCode, headers ?? new Dictionary<string, string>());
        }

        /// <summary>Answers with text.</summary>
        public RuntimeOutput Text(string body, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return Binary(Encoding.UTF8.GetBytes(body ?? ""), statusCode, headers);
        }

        /// <summary>The old name of Text.</summary>
        public RuntimeOutput Send(string body, int statusCode = 200, Dictionary<string, string> headers = null) => Text(body, statusCode, headers);

        /// <summary>Answers with a map as compact JSON.</summary>
        public RuntimeOutput Json(Dictionary<string, object> json, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return Json((object)json, statusCode, headers);
        }

        /// <summary>Answers with a value as compact JSON: maps, lists, text, numbers, true, false, null, and objects of these.</summary>
        public RuntimeOutput Json(object json, int statusCode = 200, Dictionary<string, string> headers = null)
        {
            return Text(RuntimeAdapter.Json.Write(json), statusCode, With(headers, "content-type", "application/json"));
        }

        /// <summary>Answers with nothing: 204.</summary>
        public RuntimeOutput Empty() => Text("", 204);

        /// <summary>Sends the client to another URL.</summary>
        public RuntimeOutput Redirect(string url, int statusCode = 301, Dictionary<string, string> headers = null)
        {
            return Text("", statusCode, With(headers, "location", url));
        }

        /// <summary>A copy of the headers, with one more.</summary>
        private static Dictionary<string, string> With(Dictionary<string, string> headers, string name, string value)
        {
            var all = headers == null ? new Dictionary<string, string>() : new Dictionary<string, string>(headers);
            all[name] = value;
            return all;
        }
    }
}
