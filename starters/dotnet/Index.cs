using System.Collections.Generic;
using System.Text.Json;

public class Index
{
    public RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res)
    {
        string name = "World";
        try
        {
            using JsonDocument given = JsonDocument.Parse(req.Payload == "" ? "{}" : req.Payload);
            if (given.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Refuse(res);
            }
            if (given.RootElement.TryGetProperty("name", out JsonElement value) && value.ValueKind == JsonValueKind.String)
            {
                name = value.GetString();
            }
        }
        catch (JsonException)
        {
            return Refuse(res);
        }
        string greeting = req.Env.GetValueOrDefault("GREETING", "Hello");
        string client = req.Headers.GetValueOrDefault("user-agent", "unknown");
        return res.Json(new { message = $"{greeting}, {name}!", client });
    }

    private static RuntimeResponse Refuse(RuntimeResponse res)
    {
        return res.Json(new { error = "send a JSON object, such as {\"name\": \"you\"}" }, 400);
    }
}
