using System;
using System.Buffers.Binary;
using System.Text;

namespace RuntimeAdapter
{
    /// <summary>A frame for the gateway (docs/worker-protocol.md), without its size and its request's number.</summary>
    internal sealed class Frame
    {
        internal const byte Request = 0x01;
        internal const byte Ping = 0x02;
        internal const byte Failed = 0x12;
        internal const byte Error = 0x15;
        internal const int HeadSize = 9;
        internal const int Longest = HeadSize + 16;

        internal static readonly Frame Started = new Frame(0x13, Array.Empty<byte>());
        internal static readonly Frame Pong = new Frame(0x16, Array.Empty<byte>());
        internal static readonly Frame Silent = new Frame(0x17, Array.Empty<byte>());
        private const byte ReadyKind = 0x11;
        private const byte AnswerKind = 0x14;
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

        internal static Frame Ready(int concurrency)
        {
            var fields = new byte[] { Shared, 0, 0, 0, 0 };
            BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(1), concurrency);
            return new Frame(ReadyKind, fields);
        }

        internal static Frame Answer(int status, byte type, byte[] content)
        {
            var fields = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(fields, status);
            fields[4] = type;
            return new Frame(AnswerKind, fields, content);
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
