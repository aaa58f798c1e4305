using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace RuntimeAdapter
{
    /// <summary>A call of a function that takes a request and a response.</summary>
    internal sealed class RequestCall : Call
    {
        private static readonly Func<RuntimeResponse, Frame> Answer = RuntimeResponse.End;

        private readonly RequestFunction function;
        private byte[] body;

        internal RequestCall(Wire wire, RequestFunction function, int id, byte[] body)
            : base(wire, id)
        {
            this.function = function;
            this.body = body;
        }

        protected override object Enter()
        {
            var fields = new Fields(body);
            Dictionary<string, string> env = fields.Map();
            Dictionary<string, string> headers = fields.Map();
            string payload = fields.Text();
            body = null; // the function may need its memory
            return function.Enter(new RuntimeRequest(env, headers, payload), new RuntimeResponse());
        }

        protected override void Take(object result)
        {
            if (result is Task<RuntimeResponse> task) Await(task, Answer);
            else if (result is ValueTask<RuntimeResponse> value) Await(value.AsTask(), Answer);
            else End(RuntimeResponse.End((RuntimeResponse)result));
        }
    }
}
