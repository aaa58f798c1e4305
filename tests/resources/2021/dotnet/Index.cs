using System;
using Greeting;

static readonly Greeter greeter = new Greeter("Hello");

public async Task<RuntimeResponse> Main(RuntimeRequest req, RuntimeResponse res)
{
    var host = req.Headers.ContainsKey("host") ? req.Headers["host"] : "nobody";
    Console.WriteLine("asked for " + host);

    return res.Json(new Dictionary<string, object>()
    {
        { "normal", await greeter.Greet("World") },
        { "env1", req.Env["ENV1"] },
        { "payload", req.Payload }
    });
}
