package io.openruntimes.java;

import java.util.Map;

/** The request as a function sees it, for editors and tests. The runtime has a class of its own with this name. */
public class RuntimeRequest {
    private final String bodyText;
    private final Map<String, Object> bodyJson;
    private final Map<String, String> headers;

    /** With a body, and what it is as an object of JSON: null if it is none. */
    RuntimeRequest(String bodyText, Map<String, Object> bodyJson, Map<String, String> headers) {
        this.bodyText = bodyText;
        this.bodyJson = bodyJson;
        this.headers = headers;
    }

    public String getMethod() {
        return "POST";
    }

    /** As it was sent, not decoded. */
    public String getPath() {
        return "/";
    }

    /** Names are in lower case. */
    public Map<String, String> getHeaders() {
        return headers;
    }

    public String getBodyText() {
        return bodyText;
    }

    /** Throws if the body is no object of JSON. */
    public Map<String, Object> getBodyJson() {
        if (bodyJson == null) throw new IllegalStateException("the body is no JSON");
        return bodyJson;
    }

    public byte[] getBodyBinary() {
        return bodyText.getBytes();
    }

    /** The parsed JSON if the Content-Type says so, else the text. */
    public Object getBody() {
        return bodyJson == null ? bodyText : bodyJson;
    }

    public String getScheme() {
        return "http";
    }

    public String getHost() {
        return "example.org";
    }

    public int getPort() {
        return 80;
    }

    /** The parts of the query string. They are not decoded. */
    public Map<String, String> getQuery() {
        return Map.of();
    }

    public String getQueryString() {
        return "";
    }

    public String getUrl() {
        return "http://example.org/";
    }
}
