using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace RuntimeAdapter
{
    /// <summary>The worker of a .NET function: answers the gateway's requests with it (docs/worker-protocol.md).</summary>
    internal static class Worker
    {
        private const int Concurrency = 32;
        private const int UsageError = 64;

        /// <summary>Standard error as the process got it: a function may set Console.Error to something else.</summary>
        private static readonly TextWriter Log = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };

        private static void Main(string[] arguments)
        {
            string socket = Environment.GetEnvironmentVariable("RUNTIME_SOCKET");
            bool takesContext = Environment.GetEnvironmentVariable("RUNTIME_SHAPE") == "context";
            // The protocol of contexts builds a function in another folder than it runs in, and names that.
            if (socket == null || arguments.Length != (takesContext ? 2 : 1))
            {
                Say("this is a function's worker, which the gateway starts; run /usr/local/src/launch.sh instead");
                Process.End(UsageError);
            }
            int code = 0;
            try
            {
                Environment.SetEnvironmentVariable("RUNTIME_SOCKET", null);
                Environment.SetEnvironmentVariable("RUNTIME_SHAPE", null);
                var wire = new Wire(socket);
                Shape shape = takesContext ? Shape.Context : Shape.Request;
                if (takesContext)
                {
                    Function.BuiltIn = arguments[0];
                    Console.SetOut(new Printer(0, Console.Out));
                    Console.SetError(new Printer(1, Console.Error));
                }
                Function function = Load(wire, takesContext ? arguments[1] : Process.Resolve(arguments[0]), shape);
                if (function == null) code = 1;
                else Serve(wire, function, shape);
            }
            catch (Exception gone) when (gone is SocketException || gone is EndOfStreamException)
            {
                // the gateway has closed the connection
            }
            catch (Exception fatal) // there is no memory left, say: the gateway then makes room
            {
                Say("the worker ends: " + fatal);
                code = 1;
            }
            Process.End(code);
        }

        /// <summary>Prints a line to standard error.</summary>
        internal static void Say(string line)
        {
            lock (Log) Log.WriteLine(line);
        }

        /// <summary>The function, or null after saying why there is none.</summary>
        private static Function Load(Wire wire, string file, Shape shape)
        {
            try
            {
                Function function = Function.Load(file, shape);
                if (function != null) return function;
                wire.Write(Frame.Failure(Frame.Failed, 404, Path.GetFileName(file) + " holds no function " + shape.Wanted), 0);
            }
            catch (Exception error)
            {
                wire.Write(Frame.Failure(Frame.Failed, 500, error is SyntaxError ? error.Message : Failure.Describe(error)), 0);
            }
            return null;
        }

        private static void Serve(Wire wire, Function function, Shape shape)
        {
            // Functions that block take a thread each. By itself the pool adds one or two a second.
            ThreadPool.GetMinThreads(out _, out int completion);
            ThreadPool.SetMinThreads(2 * Concurrency, completion);
            var calls = new List<Call>();
            wire.Write(Frame.Ready(Concurrency, shape.Flags), 0);
            while (true)
            {
                int size = wire.ReadInt();
                int kind = wire.Read(1)[0];
                int id = wire.ReadInt();
                byte[] body = wire.Read(size - 5);
                if (kind == shape.Called) calls.Add(function.Call(wire, id, body));
                else if (kind == Frame.Ping) wire.Write(Frame.Pong, id);
                if (calls.Count > 0 && !wire.HasFrame()) Begin(wire, calls);
            }
        }

        /// <summary>Has the requests that came together enter the function; that they do is said with one write.</summary>
        private static void Begin(Wire wire, List<Call> calls)
        {
            lock (wire.Hold)
            {
                foreach (Call call in calls) wire.Put(Frame.Started, call.Id);
                wire.Flush();
            }
            wire.WriteEnds();
            foreach (Call call in calls) ThreadPool.UnsafeQueueUserWorkItem(call, false);
            calls.Clear();
        }
    }
}
