using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RuntimeAdapter
{
    /// <summary>
    /// A request on its way through the function. It is also where the function's awaits continue: on the thread pool, but
    /// what an `async void` method throws then fails its request, and does not end the process (contract E3).
    /// </summary>
    internal abstract class Call : SynchronizationContext, IThreadPoolWorkItem
    {
        internal readonly int Id;
        private readonly Wire wire;
        private int ended;

        protected Call(Wire wire, int id)
        {
            this.wire = wire;
            Id = id;
        }

        /// <summary>Calls the function: what it returns, an answer or a task of one.</summary>
        protected abstract object Enter();

        /// <summary>Ends the request with what the function returned, or says that it is not settled yet.</summary>
        protected abstract void Take(object result);

        void IThreadPoolWorkItem.Execute()
        {
            SetSynchronizationContext(this);
            try
            {
                Take(Enter());
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

        /// <summary>Ends the request when the function's task ends; `frame` makes of its result what the gateway gets.</summary>
        protected void Await<T>(Task<T> task, Func<T, Frame> frame)
        {
            ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter = task.ConfigureAwait(false).GetAwaiter();
            if (awaiter.IsCompleted) Settle(awaiter, frame);
            else awaiter.UnsafeOnCompleted(() => Settle(awaiter, frame));
        }

        private void Settle<T>(ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter, Func<T, Frame> frame)
        {
            try
            {
                End(frame(awaiter.GetResult()));
            }
            catch (Exception error)
            {
                Fail(error);
            }
        }

        /// <summary>Whether its end was, or is being, written.</summary>
        protected bool HasEnded => Volatile.Read(ref ended) != 0;

        /// <summary>What is left to do before the request's end is written.</summary>
        protected virtual void Ending()
        {
        }

        /// <summary>Writes how the request ends, unless it has ended.</summary>
        protected void End(Frame frame)
        {
            if (Interlocked.Exchange(ref ended, 1) != 0) return;
            Ending();
            wire.End(frame, Id);
        }

        /// <summary>Ends the request with an error; one that comes after its end is only logged.</summary>
        private void Fail(Exception error)
        {
            string message = Failure.Describe(error);
            if (!HasEnded) End(Frame.Failure(Frame.Error, 500, message));
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
    }
}
