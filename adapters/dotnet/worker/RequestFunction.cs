using System;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace RuntimeAdapter
{
    /// <summary>A function that takes a request and a response.</summary>
    internal abstract class RequestFunction : Function
    {
        /// <summary>Calls the function: what it returns, a response or a task of one.</summary>
        internal abstract object Enter(RuntimeRequest request, RuntimeResponse response);

        internal override Call Call(Wire wire, int id, byte[] body) => new RequestCall(wire, this, id, body);

        /// <summary>Whether a method is one.</summary>
        internal static bool Is(MethodInfo method)
        {
            ParameterInfo[] parameters = method.GetParameters();
            Type result = method.ReturnType;
            return parameters.Length == 2
                && parameters[0].ParameterType == typeof(RuntimeRequest)
                && parameters[1].ParameterType == typeof(RuntimeResponse)
                && (result == typeof(RuntimeResponse) || result == typeof(Task<RuntimeResponse>) || result == typeof(ValueTask<RuntimeResponse>));
        }

        /// <summary>A static method.</summary>
        internal sealed class OfType<TResult> : RequestFunction
        {
            private readonly Func<RuntimeRequest, RuntimeResponse, TResult> main;

            public OfType(MethodInfo method)
            {
                main = (Func<RuntimeRequest, RuntimeResponse, TResult>)method.CreateDelegate(typeof(Func<RuntimeRequest, RuntimeResponse, TResult>));
            }

            internal override object Enter(RuntimeRequest request, RuntimeResponse response) => main(request, response);
        }

        /// <summary>A method of an object, of which each request gets its own.</summary>
        internal sealed class OfObject<TSelf, TResult> : RequestFunction where TSelf : class, new()
        {
            private readonly Func<TSelf, RuntimeRequest, RuntimeResponse, TResult> main;

            public OfObject(MethodInfo method)
            {
                main = (Func<TSelf, RuntimeRequest, RuntimeResponse, TResult>)method.CreateDelegate(typeof(Func<TSelf, RuntimeRequest, RuntimeResponse, TResult>));
            }

            internal override object Enter(RuntimeRequest request, RuntimeResponse response)
            {
                try
                {
                    return main(new TSelf(), request, response);
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
