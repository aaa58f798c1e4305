using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

/// <summary>What the probe does with processes and the system.</summary>
public static class Processes
{
    private const int Mib = 1 << 20;

    /// <summary>The low half of an IOException's HResult is the system's number of the error.</summary>
    private const int NoSpace = 28;

    private static readonly Dictionary<string, int> Numbers = new Dictionary<string, int> { ["SIGKILL"] = 9, ["SIGTERM"] = 15, ["SIGSTOP"] = 19 };
    private static readonly Dictionary<int, string> Errors = new Dictionary<int, string> { [1] = "EPERM", [3] = "ESRCH" };

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);

    [DllImport("libc")]
    private static extern int getppid();

    public static int Self => Process.GetCurrentProcess().Id;

    /// <summary>Sends a signal: 0, or the number of the system's error.</summary>
    public static int Send(int pid, int signal) => kill(pid, signal) == 0 ? 0 : Marshal.GetLastWin32Error();

    public static string Signal(string pid, string name)
    {
        int target = pid == "parent" ? getppid() : pid == "self" ? Self : int.Parse(pid);
        int failed = Send(target, Numbers[name]);
        return failed == 0 ? "sent" : Errors.GetValueOrDefault(failed, failed.ToString());
    }

    /// <summary>Runs a command of the shell whose output is this function's own.</summary>
    public static Task Child(string command)
    {
        var ended = new TaskCompletionSource<bool>();
        var shell = new Process { StartInfo = new ProcessStartInfo("sh") { UseShellExecute = false }, EnableRaisingEvents = true };
        shell.StartInfo.ArgumentList.Add("-c");
        shell.StartInfo.ArgumentList.Add(command);
        shell.Exited += (_, __) => ended.TrySetResult(true);
        shell.Start();
        return ended.Task;
    }

    /// <summary>User, groups and folder, as the kernel says.</summary>
    public static object Identity()
    {
        int[] Numbers(string field)
        {
            string line = File.ReadLines("/proc/self/status").First(each => each.StartsWith(field + ":"));
            return line.Substring(field.Length + 1).Split(new[] { ' ', '\t' }, StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
        }
        return new { user = Numbers("Uid")[1], group = Numbers("Gid")[1], groups = Numbers("Groups"), folder = Directory.GetCurrentDirectory() };
    }

    /// <summary>Writes until the folder takes no more, at most so many MiB; keeps nothing.</summary>
    public static string Fill(string path, int mib)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1);
            for (int n = 0; n < mib; n++) file.Write(new byte[Mib], 0, Mib);
            return "written";
        }
        catch (IOException error)
        {
            return (error.HResult & 0xffff) == NoSpace ? "ENOSPC" : error.Message;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
