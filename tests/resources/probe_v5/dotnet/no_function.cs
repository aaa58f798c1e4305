public class no_function
{
    public const int Value = 1;
}
