package io.openruntimes.java;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import runtimeadapter.JsonText;

/** The request as a function sees it. */
public class RuntimeRequest {
    private final String method;
    private final String scheme;
    private final String host;
    private final int port;
    private final String path;
    private final Map<String, String> query;
    private final String queryString;
    private final Map<String, String> headers;
    private final byte[] bodyBinary;
    private final String url;

    public RuntimeRequest(
            String method, String scheme, String host, int port, String path, Map<String, String> query,
            String queryString, Map<String, String> headers, byte[] bodyBinary, String url) {
        this.method = method;
        this.scheme = scheme;
        this.host = host;
        this.port = port;
        this.path = path;
        this.query = query;
        this.queryString = queryString;
        this.headers = headers;
        this.bodyBinary = bodyBinary;
        this.url = url;
    }

    public String getMethod() {
        return method;
    }

    public String getScheme() {
        return scheme;
    }

    public String getHost() {
        return host;
    }

    public int getPort() {
        return port;
    }

    /** As it was sent, not decoded. */
    public String getPath() {
        return path;
    }

    /** The parts of the query string. They are not decoded. */
    public Map<String, String> getQuery() {
        return query;
    }

    public String getQueryString() {
        return queryString;
    }

    /** Names are in lower case. */
    public Map<String, String> getHeaders() {
        return headers;
    }

    public byte[] getBodyBinary() {
        return bodyBinary;
    }

    public String getBodyText() {
        return new String(bodyBinary, StandardCharsets.UTF_8);
    }

    /** The body as an object of JSON. Throws a JsonSyntaxException if it is none. */
    public Map<String, Object> getBodyJson() {
        return JsonText.object(getBodyText());
    }

    /** The old name of getBodyText. */
    public String getBodyRaw() {
        return getBodyText();
    }

    /** The parsed JSON if the Content-Type says so, an empty map for an empty body then, else the text. */
    public Object getBody() {
        if (!JsonText.isType(headers.get("content-type"))) return getBodyText();
        return bodyBinary.length == 0 ? new HashMap<String, Object>() : JsonText.value(getBodyText());
    }

    public String getUrl() {
        return url;
    }
}
