using System;
using System.Collections.Generic;
using System.Text;
using RuntimeAdapter;

/// <summary>How a function answers: it returns what Send or Json return (contract F3, F4).</summary>
public class RuntimeResponse
{
    private const byte Text = 0;
    private const byte JsonText = 1;
    private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

    /// <summary>The answer. Exchanged as a whole, so that a late thread cannot spoil an answer on its way.</summary>
    private volatile Frame content;

    /// <summary>Answers with text, as UTF-8.</summary>
    public RuntimeResponse Send(string data, int statusCode = 200)
    {
        if (data == null) throw new ArgumentNullException(nameof(data), "res.Send takes text, not null");
        content = Answer(data, statusCode, Text, "res.Send takes text");
        return this;
    }

    /// <summary>Answers with a map as JSON.</summary>
    public RuntimeResponse Json(Dictionary<string, object> data, int statusCode = 200) => Json((object)data, statusCode);

    /// <summary>Answers with a value as JSON: maps, lists, text, numbers, true, false, null, and objects of these.</summary>
    public RuntimeResponse Json(object data, int statusCode = 200)
    {
        content = Answer(RuntimeAdapter.Json.Write(data), statusCode, JsonText, "JSON can hold only text");
        return this;
    }

    private static Frame Answer(string text, int status, byte type, string rule)
    {
        try
        {
            return Frame.Answer(status, type, Strict.GetBytes(text));
        }
        catch (EncoderFallbackException half)
        {
            throw new ArgumentException($"{rule}, and this has half a surrogate pair at {half.Index}");
        }
    }

    /// <summary>The frame for a function that has returned this, or null.</summary>
    internal static Frame End(RuntimeResponse returned) => returned?.content ?? Frame.Silent;
}
