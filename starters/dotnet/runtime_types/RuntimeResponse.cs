using System.Collections.Generic;

/// <summary>How a function answers, for editors and tests. The runtime has a class of its own with this name.</summary>
public class RuntimeResponse
{
    internal object Value { get; private set; }
    internal int Status { get; private set; }

    /// <summary>Answers with text.</summary>
    public RuntimeResponse Send(string data, int statusCode = 200) => Json((object)data, statusCode);

    /// <summary>Answers with a map as JSON.</summary>
    public RuntimeResponse Json(Dictionary<string, object> data, int statusCode = 200) => Json((object)data, statusCode);

    /// <summary>Answers with a value as JSON: maps, lists, text, numbers, true, false, null, and objects of these.</summary>
    public RuntimeResponse Json(object data, int statusCode = 200)
    {
        Value = data;
        Status = statusCode;
        return this;
    }
}
