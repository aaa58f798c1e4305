public class broken_syntax
{
    public RuntimeOutput Main(RuntimeContext context
