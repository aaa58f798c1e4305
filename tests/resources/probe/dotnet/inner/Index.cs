namespace Inner
{
    /// <summary>A function in a folder inside the function's, and in a namespace.</summary>
    public static class Index
    {
        public static RuntimeResponse Main(RuntimeRequest req, RuntimeResponse res) => res.Send(req.Payload);
    }
}
