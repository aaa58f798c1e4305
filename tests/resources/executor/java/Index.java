package io.openruntimes.java;

import io.openruntimes.java.greeting.Greeting;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an executor asks of a function. */
public class Index {
    public RuntimeOutput main(RuntimeContext context) throws Exception {
        RuntimeRequest req = context.getReq();
        RuntimeResponse res = context.getRes();
        context.log("called", req.getMethod(), req.getPath(), Greeting.TEXT);
        switch (req.getPath()) {
            case "/sleep" -> Thread.sleep(30_000);
            case "/crash" -> {
                new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid()).start();
                Thread.sleep(30_000);
            }
            case "/echo" -> {
                return res.binary(req.getBodyBinary(), 201, Map.of("x-made-by", "a function"));
            }
            case "/write" -> write(context);
            default -> { }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("env", System.getenv());
        answer.put("headers", req.getHeaders());
        answer.put("folder", System.getProperty("user.dir"));
        answer.put("body", req.getBodyText());
        answer.put("url", req.getUrl());
        return res.json(answer);
    }

    private static void write(RuntimeContext context) throws IOException {
        Files.writeString(Path.of("/tmp/written"), "");
        try {
            Files.writeString(Path.of("/mnt/logs/forged_logs.log"), "");
        } catch (AccessDeniedException refused) {
            context.error("EACCES");
        }
    }
}
