using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

/// <summary>What the probe can do; its functions are in Index.cs and other_form.cs.</summary>
public class Probe
{
    /// <summary>How long after the function's end something still happens, in milliseconds.</summary>
    private const int Late = 50;
    private const int Mib = 1 << 20;
    private static readonly List<object> Held = new List<object>();
    private static long count;

    private readonly RuntimeRequest req;
    private readonly RuntimeResponse res;
    private readonly Options options;

    public Probe(RuntimeRequest req, RuntimeResponse res)
    {
        this.req = req;
        this.res = res;
        options = new Options(req.Payload);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);

    /// <summary>Takes the payload's action.</summary>
    public async Task<RuntimeResponse> Act()
    {
        string action = options.Text("action", "answer");
        switch (action)
        {
            case "answer": return Everything();
            case "text": return res.Send(options.Text("text", "Hello"));
            case "json": return res.Json(options.Value("value"));
            case "both":
                res.Send("first");
                return res.Json(new { last = true });
            case "none": return null;
            case "twice":
                res.Send("first");
                return res.Send("second");
            case "late":
                _ = Task.Delay(Late).ContinueWith(_ => res.Send("too late"));
                return res.Send("in time");
            case "late_error":
                FailLate();
                return res.Send("in time");
            case "status": return res.Send("status", (int)options.Number("status", 0));
            case "bytes": return res.Send("x\ud800x");
            case "unserialisable": return Unserialisable(options.Text("kind", ""));
            case "big": return res.Send(new string('x', (int)options.Number("bytes", 0)));
            case "mutate":
                req.Env["MUTATED"] = "yes";
                req.Headers["mutated"] = "yes";
                req.Payload = "mutated";
                return Everything();
            case "proto": return res.Json(new { value = req.Env.GetValueOrDefault("__proto__") });
            case "counter": return res.Json(new { counter = Interlocked.Increment(ref count) });
            case "pid": return res.Json(new { pid = Process.GetCurrentProcess().Id });
            case "uid": return res.Json(new { uid = Owner("Uid"), gid = Owner("Gid") });
            case "environ": return res.Json(Environment.GetEnvironmentVariables());
            case "read": return res.Send(await File.ReadAllTextAsync(options.Text("path", "")));
            case "throw":
                res.Send("answered before the error");
                return await Failing.Fail(options.Text("kind", "error"), options.Text("text", "probe error"), res);
            case "sleep":
                await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
                return res.Send("slept");
            case "block":
                Thread.Sleep(TimeSpan.FromSeconds(options.Seconds));
                return res.Send("blocked");
            case "spin":
                var clock = Stopwatch.StartNew();
                while (options.Value("seconds") == null || clock.Elapsed.TotalSeconds < options.Seconds) Thread.SpinWait(100);
                return res.Send("spun");
            case "exit":
                Environment.Exit((int)options.Number("code", 0));
                return res;
            case "abort":
                if (options.Value("line") != null) File.AppendAllText("/tmp/begun", options.Text("line", "") + "\n");
                kill(Process.GetCurrentProcess().Id, 6);
                await Task.Delay(60_000);
                return res;
            case "kill":
                int failed = kill((int)options.Number("pid", 0), (int)options.Number("signal", 9));
                if (failed != 0) throw new IOException("kill failed with errno " + Marshal.GetLastWin32Error());
                return res.Send("killed");
            case "spawn": return res.Json(new { pid = StartSleeper().Id });
            case "forks": return UntilError("started", options.Number("count", 200), StartSleeper);
            case "descriptors": return UntilError("opened", options.Number("count", 100_000), () => File.OpenRead("/dev/null"));
            case "allocate":
                var memory = new byte[(int)options.Number("mib", 1)][];
                for (int at = 0; at < memory.Length; at++) Array.Fill(memory[at] = new byte[Mib], (byte)'x');
                return res.Send("allocated");
            case "fill": return Fill(options.Text("path", "/tmp/filled"), options.Number("mib", 1024));
            case "print": return Print();
            case "tamper": return Tamper();
            default: throw new ArgumentException("the probe knows no action " + action);
        }
    }

    private RuntimeResponse Everything() => res.Json(new { env = req.Env, payload = req.Payload, headers = req.Headers });

    private static async void FailLate()
    {
        await Task.Delay(Late);
        throw new InvalidOperationException("late probe error");
    }

    private RuntimeResponse Unserialisable(string kind)
    {
        var cycle = new List<object>();
        cycle.Add(cycle);
        Action function = () => { };
        var values = new Dictionary<string, object>
        {
            ["nan"] = double.NaN, ["infinity"] = new[] { float.PositiveInfinity }, ["cycle"] = cycle, ["function"] = function,
            ["bytes"] = new byte[1], ["surrogate"] = "\ud800",
        };
        return res.Json(values[kind]);
    }

    /// <summary>What the kernel says of this process's user or group.</summary>
    private static long Owner(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(each => each.StartsWith(field + ":"));
        return long.Parse(line.Split('\t')[2]);
    }

    private static Process StartSleeper() => Process.Start("setsid", "sleep 60");

    private RuntimeResponse UntilError(string name, double times, Func<object> make)
    {
        string error = null;
        long done = 0;
        try
        {
            for (; done < times; done++) Held.Add(make());
        }
        catch (Exception failed)
        {
            error = failed.ToString();
        }
        return res.Json(new Dictionary<string, object> { [name] = done, ["error"] = error });
    }

    private RuntimeResponse Fill(string path, double mib)
    {
        var block = new byte[Mib];
        Array.Fill(block, (byte)'x');
        string error = null;
        long written = 0;
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1))
        {
            try
            {
                for (; written < mib * Mib; written += Mib) file.Write(block, 0, Mib);
            }
            catch (IOException full)
            {
                error = full.ToString();
            }
        }
        return res.Json(new { written, error });
    }

    private RuntimeResponse Print()
    {
        TextWriter stream = options.Text("stream", "stdout") == "stderr" ? Console.Error : Console.Out;
        int bytes = (int)options.Number("bytes", 0);
        for (int number = 1; number <= options.Number("lines", 1); number++)
        {
            string line = options.Text("text", $"line {number} ");
            stream.WriteLine((line + new string('x', Math.Max(0, bytes - line.Length))).TrimEnd());
        }
        return res.Send("printed");
    }

    private RuntimeResponse Tamper()
    {
        Directory.SetCurrentDirectory("/");
        foreach (DictionaryEntry each in Environment.GetEnvironmentVariables()) Environment.SetEnvironmentVariable((string)each.Key, null);
        Environment.SetEnvironmentVariable("TZ", "Pacific/Kiritimati");
        TimeZoneInfo.ClearCachedData();
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = new CultureInfo("tr");
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        Thread.CurrentThread.Interrupt();
        return res.Send("tampered");
    }
}
