using System;
using System.Collections.Generic;
using System.Text.Json;

internal static class IndexTest
{
    private static RuntimeResponse Call(string payload, Dictionary<string, string> env)
    {
        var headers = new Dictionary<string, string> { ["user-agent"] = "test" };
        return new Index().Main(new RuntimeRequest(env, headers, payload), new RuntimeResponse());
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
        RuntimeResponse answer = Call("{\"name\": \"you\"}", new Dictionary<string, string> { ["GREETING"] = "Good day" });
        Same("{\"message\":\"Good day, you!\",\"client\":\"test\"}", JsonSerializer.Serialize(answer.Value));
        Same(200, answer.Status);

        // It refuses what is no object.
        foreach (string payload in new[] { "no JSON", "[1]" })
        {
            Same(400, Call(payload, new Dictionary<string, string>()).Status);
        }
        Console.WriteLine("ok");
    }
}
