using System;
using System.Reflection;

namespace RuntimeAdapter
{
    /// <summary>How functions look that the server's protocol calls (docs/worker-protocol.md).</summary>
    internal sealed class Shape
    {
        /// <summary>Functions that take a request and a response (docs/contract.md).</summary>
        internal static readonly Shape Request = new Shape
        {
            IsFunction = RequestFunction.Is,
            OfType = typeof(RequestFunction.OfType<>),
            OfObject = typeof(RequestFunction.OfObject<,>),
            Called = Frame.Request,
            Wanted = "RuntimeResponse Main(RuntimeRequest, RuntimeResponse), nor one that returns a Task of it",
        };

        /// <summary>Functions that take a context (docs/protocol-v5.md).</summary>
        internal static readonly Shape Context = new Shape
        {
            IsFunction = ContextFunction.Is,
            OfType = typeof(ContextFunction.OfType<>),
            OfObject = typeof(ContextFunction.OfObject<,>),
            Called = Frame.Call,
            Flags = Frame.TakesContext,
            Wanted = "Task<RuntimeOutput> Main(RuntimeContext). Did you forget to export a 'main' function? One that takes a request and a "
                + "response is for images of the contract (2021); this server speaks the open-runtimes protocol (v5)",
        };

        /// <summary>Whether a method is a function.</summary>
        internal Predicate<MethodInfo> IsFunction { get; private set; }

        /// <summary>The class of functions that are static methods.</summary>
        internal Type OfType { get; private set; }

        /// <summary>The class of functions that are methods of an object.</summary>
        internal Type OfObject { get; private set; }

        /// <summary>The kind of frame that calls them.</summary>
        internal byte Called { get; private set; }

        /// <summary>The flags of READY.</summary>
        internal byte Flags { get; private set; }

        /// <summary>What a file must hold.</summary>
        internal string Wanted { get; private set; }
    }
}
