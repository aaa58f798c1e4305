package io.openruntimes.java;

import java.util.Map;

/** The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer. */
public class Index {
    public RuntimeOutput main(RuntimeContext context) {
        RuntimeRequest req = context.getReq();
        context.log(req.getMethod(), req.getPath());
        return context.getRes().json(Map.of("normal", "Hello World!", "path", req.getPath()));
    }
}
