using System;

public class throws_at_import
{
    private static readonly int Value = Fail();

    private static int Fail() => throw new InvalidOperationException("thrown while loading");

    public RuntimeOutput Main(RuntimeContext context) => context.Res.Text("never" + Value);
}
