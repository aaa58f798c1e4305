public class wrong_shape
{
    public const string Main = "Main(RuntimeRequest, RuntimeResponse)";
}
