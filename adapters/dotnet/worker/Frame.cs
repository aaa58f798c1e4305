using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace RuntimeAdapter
{
    /// <summary>A frame for the gateway (docs/worker-protocol.md), without its size and its request's number.</summary>
    internal sealed class Frame
    {
        internal const byte Request = 0x01;
        internal const byte Ping = 0x02;
        internal const byte Call = 0x04;
        internal const byte Failed = 0x12;
        internal const byte Error = 0x15;
        internal const int HeadSize = 9;
        internal const int Longest = HeadSize + 16;

        internal static readonly Frame Started = new Frame(0x13, Array.Empty<byte>());
        internal static readonly Frame Pong = new Frame(0x16, Array.Empty<byte>());
        internal static readonly Frame Silent = new Frame(0x17, Array.Empty<byte>());
        private const byte ReadyKind = 0x11;
        private const byte AnswerKind = 0x14;
        private const byte LogKind = 0x18;
        private const byte ResultKind = 0x19;

        /// <summary>A flag of READY: the function takes a context.</summary>
        internal const byte TakesContext = 0x02;

        /// <summary>Origins of an entry.</summary>
        internal const byte Logged = 0;
        internal const byte Printed = 1;
        private const byte Shared = 2;

        private readonly byte kind;
        private readonly byte[] fields;

        /// <summary>The frame's last bytes, which may be many.</summary>
        internal readonly byte[] Rest;

        private Frame(byte kind, byte[] fields, byte[] rest = null)
        {
            this.kind = kind;
            this.fields = fields;
            Rest = rest ?? Array.Empty<byte>();
        }

        /// <summary>READY; without flags it has no byte for them.</summary>
        internal static Frame Ready(int concurrency, byte flags)
        {
            var fields = new byte[flags == 0 ? 5 : 6];
            fields[0] = Shared;
            BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(1), concurrency);
            if (flags != 0) fields[5] = flags;
            return new Frame(ReadyKind, fields);
        }

        internal static Frame Answer(int status, byte type, byte[] content)
        {
            var fields = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(fields, status);
            fields[4] = type;
            return new Frame(AnswerKind, fields, content);
        }

        /// <summary>An entry of a request's logs (stream 0) or errors.</summary>
        internal static Frame Log(byte stream, byte origin, string entry)
        {
            return new Frame(LogKind, new[] { stream, origin }, Encoding.UTF8.GetBytes(entry));
        }

        /// <summary>The answer of a function that takes a context.</summary>
        internal static Frame Result(int status, List<(string, string)> headers, byte[] body)
        {
            var fields = new byte[8];
            BinaryPrimitives.WriteInt32BigEndian(fields, status);
            BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(4), headers.Count);
            int size = body.Length;
            foreach ((string name, string value) in headers) size += 8 + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
            var rest = new byte[size];
            int at = 0;
            foreach ((string name, string value) in headers)
            {
                at += Text(rest, at, name);
                at += Text(rest, at, value);
            }
            Buffer.BlockCopy(body, 0, rest, at, body.Length);
            return new Frame(ResultKind, fields, rest);
        }

        private static int Text(byte[] target, int at, string text)
        {
            int size = Encoding.UTF8.GetBytes(text, 0, text.Length, target, at + 4);
            BinaryPrimitives.WriteInt32BigEndian(target.AsSpan(at), size);
            return 4 + size;
        }

        /// <summary>FAILED or ERROR with a code and a message.</summary>
        internal static Frame Failure(byte kind, int code, string message)
        {
            byte[] text = Encoding.UTF8.GetBytes(message);
            var fields = new byte[6];
            BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)code);
            BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(2), text.Length);
            return new Frame(kind, fields, text);
        }

        /// <summary>Writes all but the last bytes, and returns how many these were.</summary>
        internal int Begin(Span<byte> target, int id)
        {
            BinaryPrimitives.WriteInt32BigEndian(target, HeadSize - 4 + fields.Length + Rest.Length);
            target[4] = kind;
            BinaryPrimitives.WriteInt32BigEndian(target.Slice(5), id);
            fields.CopyTo(target.Slice(HeadSize));
            return HeadSize + fields.Length;
        }
    }
}
