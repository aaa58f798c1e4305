package io.openruntimes.java;

import java.util.List;
import java.util.Map;

class IndexTest {
    /** With a body, and what it is as an object of JSON: null if it is none. */
    static RuntimeContext context(String text, Map<String, Object> json) {
        return new RuntimeContext(new RuntimeRequest(text, json, Map.of("user-agent", "test")));
    }

    static void same(Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + ", got " + actual);
        }
    }

    public static void main(String[] arguments) {
        // It greets whoever is named.
        var context = context("{\"name\": \"you\"}", Map.of("name", "you"));
        RuntimeOutput answer = new Index().main(context);
        same(Map.of("message", "Hello, you!", "client", "test"), answer.value);
        same(200, answer.status);
        same(List.of("called with POST /"), context.logged);

        // Nobody has to be named.
        same(Map.of("message", "Hello, World!", "client", "test"), new Index().main(context("", null)).value);

        // It refuses what is no object.
        same(400, new Index().main(context("no JSON", null)).status);
        System.out.println("ok");
    }
}
