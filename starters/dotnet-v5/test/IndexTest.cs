using System;
using System.Collections.Generic;
using System.Text;
using DotNetRuntime;

internal static class IndexTest
{
    private static RuntimeOutput Call(string body)
    {
        var headers = new Dictionary<string, string> { ["user-agent"] = "test" };
        var request = new RuntimeRequest { Method = "POST", Headers = headers, BodyBinary = Encoding.UTF8.GetBytes(body) };
        return new Handler().Main(new RuntimeContext { Req = request }).GetAwaiter().GetResult();
    }

    private static void Same(object expected, object actual)
    {
        if (!expected.Equals(actual))
        {
            throw new InvalidOperationException($"expected {expected}, got {actual}");
        }
    }

    private static void Main()
    {
        // It greets whoever is named.
        Environment.SetEnvironmentVariable("GREETING", "Good day");
        RuntimeOutput answer = Call("{\"name\": \"you\"}");
        Same("{\"message\":\"Good day, you!\",\"client\":\"test\"}", Encoding.UTF8.GetString(answer.Body));
        Same(200, answer.StatusCode);

        // It refuses what is no object.
        foreach (string body in new[] { "no JSON", "[1]", "null" })
        {
            Same(400, Call(body).StatusCode);
        }
        Console.WriteLine("ok");
    }
}
