using System.Threading.Tasks;

namespace DotNetRuntime
{
    /// <summary>The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.</summary>
    public class Handler
    {
        public Task<RuntimeOutput> Main(RuntimeContext Context)
        {
            Context.Log(Context.Req.Method, Context.Req.Path);
            return Task.FromResult(Context.Res.Json(new { normal = "Hello World!", path = Context.Req.Path }));
        }
    }
}
