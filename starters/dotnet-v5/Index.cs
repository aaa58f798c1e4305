using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading.Tasks;

namespace DotNetRuntime
{
    public class Handler
    {
        public Task<RuntimeOutput> Main(RuntimeContext Context)
        {
            Context.Log($"called with {Context.Req.Method} {Context.Req.Path}");
            string name = "World";
            try
            {
                var given = Context.Req.BodyText == "" ? new Dictionary<string, object>() : Context.Req.BodyJson;
                if (given.TryGetValue("name", out object value) && value is JsonElement text && text.ValueKind == JsonValueKind.String)
                {
                    name = text.GetString();
                }
            }
            catch (JsonException)
            {
                var refusal = new { error = "send a JSON object, such as {\"name\": \"you\"}" };
                return Task.FromResult(Context.Res.Json(refusal, 400));
            }
            string greeting = Environment.GetEnvironmentVariable("GREETING") ?? "Hello";
            string client = Context.Req.Headers.GetValueOrDefault("user-agent", "unknown");
            return Task.FromResult(Context.Res.Json(new { message = $"{greeting}, {name}!", client }));
        }
    }
}
