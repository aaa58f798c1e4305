package io.openruntimes.java;

import java.util.Map;

public class Index {
    public RuntimeOutput main(RuntimeContext context) {
        RuntimeRequest req = context.getReq();
        RuntimeResponse res = context.getRes();
        context.log("called with", req.getMethod(), req.getPath());
        Map<String, Object> given;
        try {
            given = req.getBodyText().isEmpty() ? Map.of() : req.getBodyJson();
        } catch (RuntimeException broken) {
            return res.json(Map.of("error", "send a JSON object, such as {\"name\": \"you\"}"), 400);
        }
        String greeting = System.getenv().getOrDefault("GREETING", "Hello");
        Object name = given.get("name") == null ? "World" : given.get("name");
        String client = req.getHeaders().getOrDefault("user-agent", "unknown");
        return res.json(Map.of("message", greeting + ", " + name + "!", "client", client));
    }
}
