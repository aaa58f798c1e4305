using System;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;
using DotNetRuntime;

namespace RuntimeAdapter
{
    /// <summary>A function that takes a context.</summary>
    internal abstract class ContextFunction : Function
    {
        /// <summary>Calls the function: what it returns, an output or a task of one.</summary>
        internal abstract object Enter(RuntimeContext context);

        internal override Call Call(Wire wire, int id, byte[] body) => new ContextCall(wire, this, id, body);

        /// <summary>Whether a method is one.</summary>
        internal static bool Is(MethodInfo method)
        {
            ParameterInfo[] parameters = method.GetParameters();
            Type result = method.ReturnType;
            return parameters.Length == 1
                && parameters[0].ParameterType == typeof(RuntimeContext)
                && (result == typeof(RuntimeOutput) || result == typeof(Task<RuntimeOutput>) || result == typeof(ValueTask<RuntimeOutput>));
        }

        /// <summary>A static method.</summary>
        internal sealed class OfType<TResult> : ContextFunction
        {
            private readonly Func<RuntimeContext, TResult> main;

            public OfType(MethodInfo method)
            {
                main = (Func<RuntimeContext, TResult>)method.CreateDelegate(typeof(Func<RuntimeContext, TResult>));
            }

            internal override object Enter(RuntimeContext context) => main(context);
        }

        /// <summary>A method of an object, of which each request gets its own.</summary>
        internal sealed class OfObject<TSelf, TResult> : ContextFunction where TSelf : class, new()
        {
            private readonly Func<TSelf, RuntimeContext, TResult> main;

            public OfObject(MethodInfo method)
            {
                main = (Func<TSelf, RuntimeContext, TResult>)method.CreateDelegate(typeof(Func<TSelf, RuntimeContext, TResult>));
            }

            internal override object Enter(RuntimeContext context)
            {
                try
                {
                    return main(new TSelf(), context);
                }
                catch (TargetInvocationException error) when (error.InnerException != null) // its constructor's
                {
                    ExceptionDispatchInfo.Throw(error.InnerException);
                    throw;
                }
            }
        }
    }
}
