package io.openruntimes.java;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import runtimeadapter.Headers;
import runtimeadapter.JsonText;

/** Makes what a function returns. A header's value may be an Iterable or an array: several headers of that name. */
public class RuntimeResponse {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int MOVED = 301;

    public RuntimeOutput binary(byte[] bytes) {
        return binary(bytes, OK);
    }

    public RuntimeOutput binary(byte[] bytes, int statusCode) {
        return binary(bytes, statusCode, Map.of());
    }

    public RuntimeOutput binary(byte[] bytes, int statusCode, Map<String, ?> headers) {
        return new RuntimeOutput(bytes, statusCode, headers);
    }

    public RuntimeOutput text(String body) {
        return text(body, OK);
    }

    public RuntimeOutput text(String body, int statusCode) {
        return text(body, statusCode, Map.of());
    }

    public RuntimeOutput text(String body, int statusCode, Map<String, ?> headers) {
        return binary(body.getBytes(StandardCharsets.UTF_8), statusCode, headers);
    }

    /** The old name of text. */
    public RuntimeOutput send(String body) {
        return text(body);
    }

    public RuntimeOutput send(String body, int statusCode) {
        return text(body, statusCode);
    }

    public RuntimeOutput send(String body, int statusCode, Map<String, ?> headers) {
        return text(body, statusCode, headers);
    }

    public RuntimeOutput json(Object json) {
        return json(json, OK);
    }

    public RuntimeOutput json(Object json, int statusCode) {
        return json(json, statusCode, Map.of());
    }

    public RuntimeOutput json(Object json, int statusCode, Map<String, ?> headers) {
        return text(JsonText.write(json), statusCode, Headers.with(headers, "content-type", "application/json"));
    }

    public RuntimeOutput redirect(String url) {
        return redirect(url, MOVED);
    }

    public RuntimeOutput redirect(String url, int statusCode) {
        return redirect(url, statusCode, Map.of());
    }

    public RuntimeOutput redirect(String url, int statusCode, Map<String, ?> headers) {
        return text("", statusCode, Headers.with(headers, "location", url));
    }

    public RuntimeOutput empty() {
        return text("", NO_CONTENT);
    }
}
