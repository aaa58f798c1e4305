using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace RuntimeAdapter
{
    /// <summary>Writes values as JSON, compactly (contract F3, F4). .NET's own writer takes longer to start.</summary>
    internal sealed class Json
    {
        /// <summary>So that the stack of a refusal still reaches down to the function.</summary>
        private const int Deepest = 200;

        private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new ConcurrentDictionary<Type, PropertyInfo[]>();

        private readonly StringBuilder text = new StringBuilder();

        internal static string Write(object value)
        {
            var json = new Json();
            json.Value(value, 0);
            return json.text.ToString();
        }

        private void Value(object value, int depth)
        {
            if (depth > Deepest) throw Refused($"a value that is nested deeper than {Deepest}, or holds itself");
            switch (value)
            {
                case null: text.Append("null"); break;
                case string said: String(said); break;
                case char said: String(said.ToString()); break;
                case bool truth: text.Append(truth ? "true" : "false"); break;
                case double number: Number(number, number.ToString("R", CultureInfo.InvariantCulture)); break;
                case float number: Number(number, number.ToString("R", CultureInfo.InvariantCulture)); break;
                case Enum each: Value(Convert.ChangeType(each, Enum.GetUnderlyingType(each.GetType()), CultureInfo.InvariantCulture), depth); break;
                case byte _: case sbyte _: case short _: case ushort _: case int _: case uint _: case long _: case ulong _: case decimal _:
                    text.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                    break;
                case DateTime time: String(time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture)); break;
                case DateTimeOffset time: String(time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture)); break;
                case Guid _: case Uri _: case TimeSpan _: String(value.ToString()); break;
                case JsonElement element: Element(element, depth); break;
                case JsonDocument document: Element(document.RootElement, depth); break;
                case IDictionary<string, object> map: Object(map, depth); break;
                case IDictionary map: Object(map, depth); break;
                case byte[] _: case Delegate _: case Type _: case IntPtr _: throw Refused(value.GetType().ToString());
                case Task _: throw Refused(value.GetType() + "; await it first");
                case IEnumerable list: List(list, depth); break;
                default: Members(value, depth); break;
            }
        }

        private void Number(double number, string written)
        {
            if (double.IsNaN(number) || double.IsInfinity(number)) throw Refused(written);
            text.Append(written);
        }

        /// <summary>What System.Text.Json has read.</summary>
        private void Element(JsonElement element, int depth)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    text.Append('{');
                    bool more = false;
                    foreach (JsonProperty each in element.EnumerateObject()) Member(ref more, each.Name, each.Value, depth);
                    text.Append('}');
                    break;
                case JsonValueKind.Array: List(element.EnumerateArray(), depth); break;
                case JsonValueKind.String: String(element.GetString()); break;
                case JsonValueKind.Undefined: text.Append("null"); break;
                default: text.Append(element.GetRawText()); break;
            }
        }

        private void Object(IDictionary<string, object> map, int depth)
        {
            text.Append('{');
            bool more = false;
            foreach (KeyValuePair<string, object> entry in map) Member(ref more, entry.Key, entry.Value, depth);
            text.Append('}');
        }

        private void Object(IDictionary map, int depth)
        {
            text.Append('{');
            bool more = false;
            foreach (DictionaryEntry entry in map)
            {
                Member(ref more, Convert.ToString(entry.Key, CultureInfo.InvariantCulture), entry.Value, depth);
            }
            text.Append('}');
        }

        /// <summary>The public properties of an object.</summary>
        private void Members(object value, int depth)
        {
            PropertyInfo[] properties = Properties.GetOrAdd(value.GetType(), Readable);
            if (properties.Length == 0 && value.GetType().Namespace == "System") throw Refused(value.GetType().ToString());
            text.Append('{');
            bool more = false;
            foreach (PropertyInfo property in properties) Member(ref more, property.Name, property.GetValue(value, BindingFlags.DoNotWrapExceptions, null, null, null), depth);
            text.Append('}');
        }

        private static PropertyInfo[] Readable(Type type)
        {
            PropertyInfo[] all = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
            return Array.FindAll(all, each => each.GetGetMethod() != null && each.GetIndexParameters().Length == 0);
        }

        private void Member(ref bool more, string name, object value, int depth)
        {
            if (more) text.Append(',');
            more = true;
            String(name);
            text.Append(':');
            Value(value, depth + 1);
        }

        private void List(IEnumerable values, int depth)
        {
            text.Append('[');
            bool more = false;
            foreach (object each in values)
            {
                if (more) text.Append(',');
                more = true;
                Value(each, depth + 1);
            }
            text.Append(']');
        }

        private void String(string value)
        {
            text.Append('"');
            int plain = 0;
            for (int at = 0; at < value.Length; at++)
            {
                char each = value[at];
                if (each >= ' ' && each != '"' && each != '\\') continue;
                text.Append(value, plain, at - plain);
                plain = at + 1;
                switch (each)
                {
                    case '"': text.Append("\\\""); break;
                    case '\\': text.Append("\\\\"); break;
                    case '\n': text.Append("\\n"); break;
                    case '\r': text.Append("\\r"); break;
                    case '\t': text.Append("\\t"); break;
                    default: text.Append("\\u").Append(((int)each).ToString("x4", CultureInfo.InvariantCulture)); break;
                }
            }
            text.Append(value, plain, value.Length - plain).Append('"');
        }

        private static ArgumentException Refused(string what) => new ArgumentException("JSON cannot hold " + what);
    }
}
