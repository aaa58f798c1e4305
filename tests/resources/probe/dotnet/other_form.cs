/// <summary>The probe once more, as a method without a class that answers without a task.</summary>
public RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res)
{
    return new Probe(req, res).Act().GetAwaiter().GetResult();
}
