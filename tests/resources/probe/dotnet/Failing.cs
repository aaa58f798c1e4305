using System;
using System.Threading.Tasks;

/// <summary>The ways to fail.</summary>
public static class Failing
{
    public static async Task<RuntimeResponse> Fail(string kind, string text, RuntimeResponse res)
    {
        switch (kind)
        {
            case "error": throw new InvalidOperationException(text);
            case "custom": throw new CustomError("custom text");
            case "null": throw null;
            case "divide": return res.Json(1 / (kind.Length - "divide".Length));
            case "index": return res.Json(new[] { 1 }[kind.Length]);
            case "recursion": return res.Json(Deeper(1));
            case "odd": throw new InvalidOperationException("odd \ud800\0\u202e text");
            case "long": throw new InvalidOperationException(new string('x', 1_000_000));
            case "unprintable": throw new UnprintableError();
            case "cause": throw new InvalidOperationException("outer", new CustomError("inner"));
            case "rejected": return await Task.FromException<RuntimeResponse>(new InvalidOperationException("rejected"));
            case "unhandled":
                Unhandled();
                await Task.Delay(60_000);
                return res;
            default: throw new ArgumentException("the probe knows no kind " + kind);
        }
    }

    private static int Deeper(int depth) => Deeper(depth + 1) + depth;

    private static async void Unhandled()
    {
        await Task.Yield();
        throw new InvalidOperationException("unhandled");
    }
}

public class CustomError : Exception
{
    public CustomError(string text) : base(text)
    {
    }
}

public class UnprintableError : Exception
{
    public override string Message => throw new InvalidOperationException("no text");
}
