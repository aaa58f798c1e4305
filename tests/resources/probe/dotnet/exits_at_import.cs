using System;

public class exits_at_import
{
    static exits_at_import()
    {
        Environment.Exit(7);
    }

    public RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res) => res.Send("never");
}
