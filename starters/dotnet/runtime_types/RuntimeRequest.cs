using System.Collections.Generic;

/// <summary>What a function is called with, for editors and tests. The runtime has a class of its own with this name.</summary>
public class RuntimeRequest
{
    public Dictionary<string, string> Env { get; set; }
    public Dictionary<string, string> Headers { get; set; }
    public string Payload { get; set; }

    public RuntimeRequest(Dictionary<string, string> env, Dictionary<string, string> headers, string payload)
    {
        Env = env;
        Headers = headers;
        Payload = payload;
    }
}
