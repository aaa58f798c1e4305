using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using DotNetRuntime;

namespace RuntimeAdapter
{
    /// <summary>A call of a function that takes a context, from CALL to RESULT (docs/worker-protocol.md).</summary>
    internal sealed class ContextCall : Call
    {
        private const byte WantsLogs = 0x01;
        private static readonly AsyncLocal<ContextCall> Running = new AsyncLocal<ContextCall>();
        private static readonly Func<RuntimeOutput, Frame> Answer = Result;

        private readonly Wire wire;
        private readonly ContextFunction function;
        private readonly bool logs;
        private byte[] body;

        /// <summary>What was printed to stdout and stderr since the last line end.</summary>
        private readonly StringBuilder[] unfinished = { new StringBuilder(), new StringBuilder() };

        internal ContextCall(Wire wire, ContextFunction function, int id, byte[] body)
            : base(wire, id)
        {
            this.wire = wire;
            this.function = function;
            this.body = body;
            logs = (body[0] & WantsLogs) != 0;
        }

        /// <summary>
        /// The call that the running code belongs to, if what it prints goes by the call: its logs are wanted, or it has
        /// ended, and the gateway would take that for another call's. Awaits, tasks and threads take the call along.
        /// </summary>
        internal static ContextCall OfThisCode => Running.Value is ContextCall call && (call.logs || call.HasEnded) ? call : null;

        protected override object Enter()
        {
            Running.Value = this;
            var fields = new Fields(body);
            fields.Byte();
            string method = fields.Text(), scheme = fields.Text(), host = fields.Text();
            int port = fields.Short();
            string path = fields.Text(), queryString = fields.Text(), url = fields.Text();
            Dictionary<string, string> query = fields.Map(), headers = fields.Map();
            byte[] content = fields.Rest();
            body = null; // the function may need its memory
            var request = new DotNetRuntime.RuntimeRequest(method, scheme, host, port, path, query, queryString, url, headers, content);
            return function.Enter(new RuntimeContext(request, new DotNetRuntime.RuntimeResponse(), Log));
        }

        protected override void Take(object result)
        {
            if (result is Task<RuntimeOutput> task) Await(task, Answer);
            else if (result is ValueTask<RuntimeOutput> value) Await(value.AsTask(), Answer);
            else End(Result((RuntimeOutput)result));
        }

        protected override void Ending()
        {
            Running.Value = null;
            for (byte stream = 0; stream < unfinished.Length; stream++)
            {
                string rest;
                lock (unfinished)
                {
                    rest = unfinished[stream].ToString();
                    unfinished[stream].Clear();
                }
                if (rest.Length > 0) Write(stream, Frame.Printed, rest);
            }
        }

        /// <summary>Adds an entry of the context's.</summary>
        private void Log(bool isError, string entry)
        {
            if (logs) Write(isError ? (byte)1 : (byte)0, Frame.Logged, entry);
        }

        /// <summary>Adds what was printed; each line is an entry.</summary>
        internal void Print(byte stream, ReadOnlySpan<char> text)
        {
            int end = text.LastIndexOf('\n');
            string lines = null;
            lock (unfinished)
            {
                if (end >= 0)
                {
                    lines = unfinished[stream].Append(text.Slice(0, end)).ToString();
                    unfinished[stream].Clear();
                }
                unfinished[stream].Append(text.Slice(end + 1));
            }
            if (lines == null) return;
            foreach (string line in lines.Split('\n')) Write(stream, Frame.Printed, line);
        }

        private void Write(byte stream, byte origin, string entry)
        {
            try
            {
                wire.Write(Frame.Log(stream, origin, entry), Id);
            }
            catch (System.Net.Sockets.SocketException)
            {
                Process.End(0); // the gateway has closed the connection
            }
        }

        /// <summary>The frame for a function that has returned this, or null.</summary>
        private static Frame Result(RuntimeOutput output)
        {
            if (output == null) return Frame.Silent;
            var pairs = new List<(string, string)>();
            foreach (KeyValuePair<string, string> header in output.Headers ?? new Dictionary<string, string>())
            {
                bool several = string.Equals(header.Key, "set-cookie", StringComparison.OrdinalIgnoreCase);
                foreach (string value in several ? (header.Value ?? "").Split('\n') : new[] { header.Value ?? "" }) pairs.Add((header.Key, value));
            }
            return Frame.Result(output.StatusCode, pairs, output.Body ?? Array.Empty<byte>());
        }
    }
}
