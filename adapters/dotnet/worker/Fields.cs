using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace RuntimeAdapter
{
    /// <summary>Reads a frame's body, field by field.</summary>
    internal struct Fields
    {
        private readonly byte[] body;
        private int at;

        internal Fields(byte[] body)
        {
            this.body = body;
            at = 0;
        }

        internal byte Byte() => body[at++];

        internal int Short()
        {
            at += 2;
            return BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at - 2));
        }

        private int Int()
        {
            int value = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            at += 4;
            return value;
        }

        internal string Text()
        {
            int size = Int();
            at += size;
            return Encoding.UTF8.GetString(body, at - size, size);
        }

        internal Dictionary<string, string> Map()
        {
            int count = Int();
            var map = new Dictionary<string, string>(count);
            for (; count > 0; count--) map[Text()] = Text();
            return map;
        }

        /// <summary>The bytes that are left.</summary>
        internal byte[] Rest() => body.AsSpan(at).ToArray();
    }
}
