using System.Text.Json;

/// <summary>The payload's options; none where it is no JSON object.</summary>
public class Options
{
    private readonly JsonElement values;

    public Options(string payload)
    {
        try
        {
            values = JsonDocument.Parse(payload).RootElement;
        }
        catch (JsonException)
        {
            // the action "answer"
        }
    }

    public double Seconds => Number("seconds", 1);

    public object Value(string name) => Find(name) is JsonElement value && value.ValueKind != JsonValueKind.Null ? (object)value : null;

    public string Text(string name, string otherwise) => Find(name) is JsonElement value && value.ValueKind == JsonValueKind.String ? value.GetString() : otherwise;

    public double Number(string name, double otherwise) => Find(name) is JsonElement value && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;

    private JsonElement? Find(string name)
    {
        return values.ValueKind == JsonValueKind.Object && values.TryGetProperty(name, out JsonElement value) ? value : (JsonElement?)null;
    }
}
