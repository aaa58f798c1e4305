using System.Text.Json;

public async Task<RuntimeResponse> Main(RuntimeRequest req, RuntimeResponse res)
{
    var payload = JsonSerializer.Deserialize<Dictionary<string, string>>(req.Payload == "" ? "{}" : req.Payload);
    var greeting = req.Variables.ContainsKey("GREETING") ? req.Variables["GREETING"] : "Hello";
    var name = payload.ContainsKey("name") ? payload["name"] : "World";
    await Task.Yield();

    return res.Json(new Dictionary<string, object>()
    {
        { "message", greeting + ", " + name + "!" },
        { "client", req.Headers["user-agent"] }
    });
}
