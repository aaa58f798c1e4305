using System.Threading.Tasks;

namespace DotNetRuntime
{
    /// <summary>The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).</summary>
    public class Handler
    {
        public async Task<RuntimeOutput> Main(RuntimeContext Context)
        {
            return await new Probe(Context).Act();
        }
    }
}
