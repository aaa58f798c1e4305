using System.Collections.Generic;
using System.Threading.Tasks;

public class Index
{
    public async Task<RuntimeResponse> Main(RuntimeRequest req, RuntimeResponse res)
    {
        await Task.Yield();
        return res.Json(new Dictionary<string, object> { ["normal"] = "Hello World!", ["env1"] = req.Env["ENV1"], ["payload"] = req.Payload });
    }
}
