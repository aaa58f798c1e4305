public class broken_syntax
{
    public RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res)
    {
        return res.Send("never"
    }
}
