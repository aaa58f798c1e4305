using System;
using System.IO;
using System.Text;

namespace RuntimeAdapter
{
    /// <summary>Console.Out and Console.Error of functions that take a context: what a call prints is an entry of its logs (V16).</summary>
    internal sealed class Printer : TextWriter
    {
        private readonly byte stream;
        private readonly TextWriter own;

        /// <param name="stream">0 for stdout, 1 for stderr.</param>
        /// <param name="own">Where goes what no call has printed.</param>
        internal Printer(byte stream, TextWriter own)
        {
            this.stream = stream;
            this.own = own;
        }

        public override Encoding Encoding => own.Encoding;

        public override void Write(char value) => Write(new[] { value }, 0, 1);

        public override void Write(string value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            ContextCall call = ContextCall.OfThisCode;
            if (call != null) call.Print(stream, buffer);
            else own.Write(buffer);
        }

        public override void WriteLine() => Write("\n".AsSpan());

        // One write each, so that no other thread comes between a line and its end.
        public override void WriteLine(string value) => Write((value + "\n").AsSpan());

        public override void Flush() => own.Flush();
    }
}
