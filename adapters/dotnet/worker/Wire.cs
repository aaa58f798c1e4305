using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace RuntimeAdapter
{
    /// <summary>The connection to the gateway.</summary>
    internal sealed class Wire
    {
        private const int BufferSize = 1 << 16;

        private readonly Socket socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly byte[] input = new byte[BufferSize];
        private readonly byte[] output = new byte[BufferSize];
        private readonly ConcurrentQueue<(Frame, int)> ends = new ConcurrentQueue<(Frame, int)>();

        /// <summary>Held while writing.</summary>
        private readonly object turn = new object();
        private int start;
        private int end;
        private int filled;

        internal Wire(string path) => socket.Connect(new UnixDomainSocketEndPoint(path));

        /// <summary>The next integer.</summary>
        internal int ReadInt()
        {
            while (end - start < 4) Fill();
            int value = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(start));
            start += 4;
            return value;
        }

        /// <summary>The next bytes.</summary>
        internal byte[] Read(int size)
        {
            var bytes = new byte[size];
            for (int at = 0; at < size;)
            {
                if (start == end) Fill();
                int some = Math.Min(size - at, end - start);
                Buffer.BlockCopy(input, start, bytes, at, some);
                start += some;
                at += some;
            }
            return bytes;
        }

        private void Fill()
        {
            Buffer.BlockCopy(input, start, input, 0, end - start);
            end -= start;
            start = 0;
            int some = socket.Receive(input, end, BufferSize - end, SocketFlags.None);
            if (some == 0) throw new EndOfStreamException();
            end += some;
        }

        /// <summary>Whether the next frame has arrived as a whole.</summary>
        internal bool HasFrame()
        {
            return end - start >= 4 && end - start - 4 >= BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(start));
        }

        /// <summary>Writes a frame now, with what else is waiting.</summary>
        internal void Write(Frame frame, int id)
        {
            lock (turn)
            {
                Put(frame, id);
                Flush();
            }
            WriteEnds();
        }

        /// <summary>Adds a frame to what <see cref="Flush"/> writes; only by who holds <see cref="Hold"/>.</summary>
        internal void Put(Frame frame, int id)
        {
            if (BufferSize - filled < Frame.Longest) Flush();
            filled += frame.Begin(output.AsSpan(filled), id);
            byte[] rest = frame.Rest;
            if (rest.Length > BufferSize - filled) Flush();
            if (rest.Length > BufferSize)
            {
                SendAll(rest, rest.Length);
                return;
            }
            Buffer.BlockCopy(rest, 0, output, filled, rest.Length);
            filled += rest.Length;
        }

        /// <summary>What to lock around several <see cref="Put"/> and a <see cref="Flush"/>.</summary>
        internal object Hold => turn;

        internal void Flush()
        {
            SendAll(output, filled);
            filled = 0;
        }

        private void SendAll(byte[] bytes, int size)
        {
            for (int at = 0; at < size;) at += socket.Send(bytes, at, size - at, SocketFlags.None);
        }

        /// <summary>Writes how a request ends; if another thread is writing, that one does it, several at once.</summary>
        internal void End(Frame frame, int id)
        {
            ends.Enqueue((frame, id));
            try
            {
                WriteEnds();
            }
            catch (SocketException)
            {
                Process.End(0); // the gateway has closed the connection
            }
        }

        internal void WriteEnds()
        {
            while (!ends.IsEmpty && Monitor.TryEnter(turn))
            {
                try
                {
                    while (ends.TryDequeue(out var each)) Put(each.Item1, each.Item2);
                    Flush();
                }
                finally
                {
                    Monitor.Exit(turn);
                }
            }
        }
    }
}
