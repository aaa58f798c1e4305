using System;

public class throws_at_import
{
    private static readonly int Value = Fail();

    private static int Fail()
    {
        throw new InvalidOperationException("probe import error");
    }

    public RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res) => res.Send("never" + Value);
}
