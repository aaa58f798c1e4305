using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

/// <summary>The parameters in x-with. One that is missing has its default.</summary>
public class Given
{
    private readonly JsonElement all;

    public Given(string text) => all = JsonDocument.Parse(text).RootElement;

    public JsonElement? Value(string name) => all.TryGetProperty(name, out JsonElement value) ? value : (JsonElement?)null;

    public string Text(string name, string instead = "") => Value(name)?.ToString() ?? instead;

    public int Number(string name, int instead = 0) => Value(name)?.GetInt32() ?? instead;

    public double Seconds => Value("seconds")?.GetDouble() ?? 0;

    public List<string> Texts(string name)
    {
        return Value(name)?.EnumerateArray().Select(each => each.GetString()).ToList() ?? new List<string>();
    }

    /// <summary>Headers; several values of one are lines.</summary>
    public Dictionary<string, string> Headers()
    {
        var headers = new Dictionary<string, string>();
        if (!(Value("headers") is JsonElement given)) return headers;
        foreach (JsonProperty each in given.EnumerateObject())
        {
            bool several = each.Value.ValueKind == JsonValueKind.Array;
            headers[each.Name] = several ? string.Join("\n", each.Value.EnumerateArray()) : each.Value.ToString();
        }
        return headers;
    }
}
