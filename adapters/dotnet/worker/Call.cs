using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace RuntimeAdapter
{
    /// <summary>
    /// A request on its way through the function. It is also where the function's awaits continue: on the thread pool, but
    /// what an `async void` method throws then fails its request, and does not end the process (contract E3).
    /// </summary>
    internal sealed class Call : SynchronizationContext, IThreadPoolWorkItem
    {
        internal readonly int Id;
        private readonly Wire wire;
        private readonly Function function;
        private byte[] body;
        private int at;
        private int ended;
        private ConfiguredTaskAwaitable<RuntimeResponse>.ConfiguredTaskAwaiter awaiter;

        internal Call(Wire wire, Function function, int id, byte[] body)
        {
            this.wire = wire;
            this.function = function;
            this.body = body;
            Id = id;
        }

        void IThreadPoolWorkItem.Execute()
        {
            SetSynchronizationContext(this);
            try
            {
                Dictionary<string, string> env = Map();
                Dictionary<string, string> headers = Map();
                string payload = Text();
                body = null; // the function may need its memory
                object result = function.Enter(new RuntimeRequest(env, headers, payload), new RuntimeResponse());
                if (result is Task<RuntimeResponse> task) Await(task);
                else if (result is ValueTask<RuntimeResponse> value) Await(value.AsTask());
                else End(RuntimeResponse.End((RuntimeResponse)result));
            }
            catch (Exception error)
            {
                Fail(error);
            }
            finally
            {
                SetSynchronizationContext(null);
            }
        }

        private void Await(Task<RuntimeResponse> task)
        {
            awaiter = task.ConfigureAwait(false).GetAwaiter();
            if (awaiter.IsCompleted) Settle();
            else awaiter.UnsafeOnCompleted(Settle);
        }

        private void Settle()
        {
            try
            {
                End(RuntimeResponse.End(awaiter.GetResult()));
            }
            catch (Exception error)
            {
                Fail(error);
            }
        }

        private void End(Frame frame)
        {
            if (Interlocked.Exchange(ref ended, 1) == 0) wire.End(frame, Id);
        }

        /// <summary>Ends the request with an error; one that comes after its end is only logged.</summary>
        private void Fail(Exception error)
        {
            string message = Failure.Describe(error);
            if (Interlocked.Exchange(ref ended, 1) == 0) wire.End(Frame.Failure(Frame.Error, 500, message), Id);
            else Worker.Say(message);
        }

        public override void Post(SendOrPostCallback callback, object state)
        {
            ThreadPool.QueueUserWorkItem(Continue, (this, callback, state), false);
        }

        private static void Continue((Call, SendOrPostCallback, object) what)
        {
            var (call, callback, state) = what;
            SetSynchronizationContext(call);
            try
            {
                callback(state);
            }
            catch (Exception error)
            {
                call.Fail(error);
            }
            finally
            {
                SetSynchronizationContext(null);
            }
        }

        public override void Send(SendOrPostCallback callback, object state) => callback(state);

        public override SynchronizationContext CreateCopy() => this;

        private int Int()
        {
            int value = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            at += 4;
            return value;
        }

        private string Text()
        {
            int size = Int();
            at += size;
            return Encoding.UTF8.GetString(body, at - size, size);
        }

        private Dictionary<string, string> Map()
        {
            int count = Int();
            var map = new Dictionary<string, string>(count);
            for (; count > 0; count--) map[Text()] = Text();
            return map;
        }
    }
}
