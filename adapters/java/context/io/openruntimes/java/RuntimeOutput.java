package io.openruntimes.java;

import java.util.LinkedHashMap;
import java.util.Map;
import runtimeadapter.Headers;

/** What a function returns: its answer, which {@link RuntimeResponse} makes. */
public class RuntimeOutput {
    private final byte[] body;
    private final int statusCode;
    private final Map<String, ?> headers;

    /** A header's value may be an Iterable or an array: several headers of that name. */
    public RuntimeOutput(byte[] body, int statusCode, Map<String, ?> headers) {
        this.body = body;
        this.statusCode = statusCode;
        this.headers = headers;
    }

    public byte[] getBody() {
        return body;
    }

    public int getStatusCode() {
        return statusCode;
    }

    /** The headers' values as text; several of one name are joined by a comma. */
    public Map<String, String> getHeaders() {
        Map<String, String> texts = new LinkedHashMap<>();
        headers.forEach((name, value) -> texts.put(name, String.join(", ", Headers.values(value))));
        return texts;
    }

    /** The headers as the function gave them. */
    public Map<String, ?> getRawHeaders() {
        return headers;
    }
}
