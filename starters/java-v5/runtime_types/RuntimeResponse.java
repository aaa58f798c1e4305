package io.openruntimes.java;

import java.util.Map;

/** Makes what a function returns, for editors and tests. The runtime has a class of its own with this name. */
public class RuntimeResponse {
    public RuntimeOutput text(String body) {
        return text(body, 200);
    }

    public RuntimeOutput text(String body, int statusCode) {
        return text(body, statusCode, Map.of());
    }

    /** A header's value may be an Iterable or an array: several headers of that name. */
    public RuntimeOutput text(String body, int statusCode, Map<String, ?> headers) {
        return new RuntimeOutput(body, statusCode);
    }

    public RuntimeOutput binary(byte[] bytes) {
        return binary(bytes, 200);
    }

    public RuntimeOutput binary(byte[] bytes, int statusCode) {
        return binary(bytes, statusCode, Map.of());
    }

    public RuntimeOutput binary(byte[] bytes, int statusCode, Map<String, ?> headers) {
        return new RuntimeOutput(bytes, statusCode);
    }

    public RuntimeOutput json(Object json) {
        return json(json, 200);
    }

    public RuntimeOutput json(Object json, int statusCode) {
        return json(json, statusCode, Map.of());
    }

    public RuntimeOutput json(Object json, int statusCode, Map<String, ?> headers) {
        return new RuntimeOutput(json, statusCode);
    }

    public RuntimeOutput redirect(String url) {
        return redirect(url, 301);
    }

    public RuntimeOutput redirect(String url, int statusCode) {
        return redirect(url, statusCode, Map.of());
    }

    public RuntimeOutput redirect(String url, int statusCode, Map<String, ?> headers) {
        return new RuntimeOutput("", statusCode);
    }

    public RuntimeOutput empty() {
        return text("", 204);
    }
}
