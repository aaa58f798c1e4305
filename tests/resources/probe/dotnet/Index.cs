using System.Threading.Tasks;

/// <summary>The probe: does whatever the payload's action says (tests/resources/probe/README.md).</summary>
public class Index
{
    /// <summary>Finds the action and takes it.</summary>
    public async Task<RuntimeResponse> Main(RuntimeRequest req, RuntimeResponse res)
    {
        return await new Probe(req, res).Act();
    }
}
