using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace DotNetRuntime
{
    /// <summary>What an executor asks of a function.</summary>
    public class Handler
    {
        public async Task<RuntimeOutput> Main(RuntimeContext context)
        {
            RuntimeRequest req = context.Req;
            context.Log("called", req.Method, req.Path, Greeting.Words.Text);
            switch (req.Path)
            {
                case "/sleep":
                    await Task.Delay(30_000);
                    break;
                case "/crash":
                    Process.GetCurrentProcess().Kill();
                    await Task.Delay(30_000);
                    break;
                case "/echo":
                    var headers = new Dictionary<string, string> { ["x-made-by"] = "a function" };
                    return context.Res.Binary(req.BodyBinary, 201, headers);
                case "/write":
                    Write(context);
                    break;
            }
            return context.Res.Json(new Dictionary<string, object>
            {
                ["env"] = Environment.GetEnvironmentVariables(),
                ["headers"] = req.Headers,
                ["folder"] = Directory.GetCurrentDirectory(),
                ["body"] = req.BodyText,
                ["url"] = req.Url,
            });
        }

        private static void Write(RuntimeContext context)
        {
            File.WriteAllText("/tmp/written", "");
            try
            {
                File.WriteAllText("/mnt/logs/forged_logs.log", "");
            }
            catch (UnauthorizedAccessException)
            {
                context.Error("EACCES");
            }
        }
    }
}
