public class loops_at_import
{
    static loops_at_import()
    {
        while (true)
        {
        }
    }

    public RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res) => res.Send("never");
}
