package io.openruntimes.java;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a worker of functions that take a context is trained with: a function that does what most do. */
public class Index {
    public RuntimeOutput main(RuntimeContext context) {
        RuntimeRequest req = context.getReq();
        context.log(req.getMethod(), req.getPath(), List.of(1, true));
        System.out.println("printed");
        if (req.getBodyText().isEmpty()) throw new IllegalStateException("nothing to answer");
        Map<String, Object> answer = new HashMap<>(req.getBodyJson());
        answer.put("query", req.getQuery());
        return context.getRes().json(answer, 200, Map.of("x-made-by", "a function"));
    }
}
