using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using DotNetRuntime;

/// <summary>What the probe throws.</summary>
public class TypeError : Exception
{
    public TypeError(string text)
        : base(text)
    {
    }
}

/// <summary>What the probe can do.</summary>
public class Probe
{
    private readonly RuntimeContext context;
    private readonly DotNetRuntime.RuntimeRequest req;
    private readonly DotNetRuntime.RuntimeResponse res;
    private readonly Given given;

    public Probe(RuntimeContext context)
    {
        this.context = context;
        req = context.Req;
        res = context.Res;
        given = new Given(req.Headers.GetValueOrDefault("x-with", "{}"));
    }

    /// <summary>Takes the action.</summary>
    public async Task<RuntimeOutput> Act()
    {
        string action = req.Headers.GetValueOrDefault("x-action", "seen");
        switch (action)
        {
            case "seen": return Seen();
            case "body":
                return res.Json(new { kind = req.Body is string ? "string" : "object", body = req.Body, text = req.BodyText, raw = req.BodyRaw });
            case "body-json": return res.Json(new { value = req.BodyJson });
            case "echo": return res.Binary(req.BodyBinary, 200, new Dictionary<string, string> { ["content-type"] = "application/octet-stream" });
            case "text": return res.Text(given.Text("text", "text"), given.Number("status", 200), given.Headers());
            case "json": return res.Json((object)given.Value("value"), given.Number("status", 200), given.Headers());
            case "binary": return res.Binary(Enumerable.Range(0, 256).Select(each => (byte)each).ToArray());
            case "empty": return res.Empty();
            case "redirect": return res.Redirect(given.Text("url"), given.Number("status", 301));
            case "send": return res.Send(given.Text("body"));
            case "big": return res.Binary(Encoding.UTF8.GetBytes(new string('x', given.Number("bytes"))));
            case "many-headers":
                return res.Text("text", 200, Enumerable.Range(0, given.Number("number")).ToDictionary(at => $"x-{at}", _ => new string('v', given.Number("size"))));
            case "not-returned":
                res.Text("first", 201);
                return res.Text("second");
            case "nothing":
                res.Text("not returned");
                return null;
            case "throws":
                context.Log("before");
                throw new TypeError("on purpose");
            case "rejects":
                await Task.Delay(1);
                context.Log("before");
                throw new TypeError("on purpose");
            case "log": return Log();
            case "values": return Values();
            case "prints":
                Console.WriteLine("printed 1");
                context.Log("logged 2");
                Console.Error.WriteLine("printed 3");
                Console.Write("printed 4\nprinted 5\n");
                return res.Text("printed");
            case "flood": return Flood();
            case "child":
                await Processes.Child(given.Text("command"));
                return res.Text("ended");
            case "mixed": return await Mixed();
            case "sleep":
                foreach (string each in given.Texts("logs")) context.Log(each);
                await Task.Delay(TimeSpan.FromSeconds(given.Seconds));
                context.Log("too late");
                return res.Text("slept");
            case "spin":
                context.Log("before");
                while (true)
                {
                }
            case "late":
                _ = Task.Delay(100).ContinueWith(_ =>
                {
                    context.Log("late");
                    Console.WriteLine("late, printed");
                });
                return res.Text("answered");
            case "exit":
                context.Log("before");
                Environment.Exit(given.Number("code"));
                return res.Empty();
            case "abort":
                context.Log("before");
                Processes.Send(Processes.Self, 6);
                await Task.Delay(60_000);
                return res.Empty();
            case "signal":
                string sent = Processes.Signal(given.Text("pid"), given.Text("name"));
                await Task.Delay(50);
                return res.Text(sent);
            case "environment": return res.Json(Environment.GetEnvironmentVariables());
            case "identity": return res.Json(Processes.Identity());
            case "read": return Refused(() => res.Binary(File.ReadAllBytes(given.Text("path"))));
            case "write":
                return Refused(() =>
                {
                    File.AppendAllText(given.Text("path"), given.Text("text"));
                    return res.Text("written");
                });
            case "fill": return res.Text(Processes.Fill(given.Text("path"), given.Number("mib")));
            default: throw new KeyNotFoundException("no such action: " + action);
        }
    }

    private RuntimeOutput Seen()
    {
        using SHA256 sum = SHA256.Create();
        return res.Json(new Dictionary<string, object>
        {
            ["method"] = req.Method, ["scheme"] = req.Scheme, ["host"] = req.Host, ["port"] = req.Port, ["path"] = req.Path,
            ["queryString"] = req.QueryString, ["url"] = req.Url, ["query"] = req.Query, ["headers"] = req.Headers,
            ["size"] = req.BodyBinary.Length,
            ["sha256"] = BitConverter.ToString(sum.ComputeHash(req.BodyBinary)).Replace("-", "").ToLowerInvariant(),
        });
    }

    private RuntimeOutput Log()
    {
        foreach (string each in given.Texts("prints")) Console.WriteLine(each);
        foreach (string each in given.Texts("logs")) context.Log(each);
        foreach (string each in given.Texts("errors")) context.Error(each);
        return res.Text("logged");
    }

    private RuntimeOutput Values()
    {
        context.Log("one", 2, true, "naïve 🎉");
        context.Log(new { a = new object[] { 1, "b" } }, new object[] { 1, new Dictionary<string, object> { ["c"] = null } });
        try
        {
            throw new InvalidOperationException("logged");
        }
        catch (InvalidOperationException error)
        {
            context.Error(error);
        }
        return res.Text("logged");
    }

    private RuntimeOutput Flood()
    {
        string entry = new string('é', given.Number("characters"));
        for (int n = 0; n < given.Number("entries"); n++)
        {
            if (given.Text("how") == "print") Console.WriteLine(entry);
            else context.Log(entry);
        }
        return res.Text("logged");
    }

    /// <summary>Logs by the API, by print and by child processes, with pauses between.</summary>
    private async Task<RuntimeOutput> Mixed()
    {
        string name = given.Text("name");
        for (int line = 0; line < given.Number("lines"); line++)
        {
            context.Log($"{name} log {line}");
            await Task.Delay(line % 3);
            Console.WriteLine($"{name} print {line}");
            if (line % 10 == 0)
            {
                await Processes.Child($"for n in 0 1 2 3 4 5 6 7 8 9; do echo \"{name} child $(({line} + n))\"; done");
            }
            context.Error($"{name} error {line}");
        }
        return res.Text(name);
    }

    /// <summary>What the work gives; the name of the system's error if it is refused.</summary>
    private RuntimeOutput Refused(Func<RuntimeOutput> work)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException)
        {
            return res.Text("EACCES", 403);
        }
        catch (IOException error)
        {
            return res.Text(error.GetType().Name, 403);
        }
    }
}
