namespace Greeting
{
    /// <summary>The function's one package.</summary>
    public static class Words
    {
        public const string Text = "hello";
    }
}
