using System.Collections.Generic;

/// <summary>What a function is called with (contract F2); every request has maps of its own.</summary>
public class RuntimeRequest
{
    /// <summary>The variables of this request.</summary>
    public Dictionary<string, string> Env { get; set; }

    /// <summary>The same as <see cref="Env"/>, under the name that it got in 2022.</summary>
    public Dictionary<string, string> Variables
    {
        get => Env;
        set => Env = value;
    }

    /// <summary>The headers that the request's body names.</summary>
    public Dictionary<string, string> Headers { get; set; }

    /// <summary>The payload, as text.</summary>
    public string Payload { get; set; }

    public RuntimeRequest(Dictionary<string, string> env, Dictionary<string, string> headers, string payload)
    {
        Env = env;
        Headers = headers;
        Payload = payload;
    }
}
