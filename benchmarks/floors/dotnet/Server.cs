using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

/// <summary>Kestrel, .NET's own HTTP server, with a bare handler: what the runtime is compared with.</summary>
internal static class Server
{
    private static void Main()
    {
        new WebHostBuilder().UseKestrel().UseUrls("http://*:3000").Configure(application => application.Run(async context =>
        {
            using JsonDocument document = await JsonDocument.ParseAsync(context.Request.Body);
            JsonElement body = document.RootElement;
            byte[] answer = JsonSerializer.SerializeToUtf8Bytes(new
            {
                normal = "Hello World!",
                env1 = body.GetProperty("env").GetProperty("ENV1").GetString(),
                payload = body.GetProperty("payload").GetString(),
            });
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        })).Build().Run();
    }
}
