package io.openruntimes.java;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import java.io.FileOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md). */
public class Index {
    private static final int MIB = 1 << 20;
    private static final Gson GSON =
        new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();

    /** An error of the function's own. */
    private static final class TypeError extends RuntimeException {
        TypeError(String text) {
            super(text);
        }
    }

    private RuntimeContext context;
    private RuntimeRequest req;
    private RuntimeResponse res;
    private Options options;

    /** Finds the action and takes it. */
    public RuntimeOutput main(RuntimeContext context) throws Exception {
        this.context = context;
        req = context.getReq();
        res = context.getRes();
        String given = req.getHeaders().getOrDefault("x-with", "{}");
        options = new Options(GSON.fromJson(given, new TypeToken<Map<String, Object>>() {}));
        return act(req.getHeaders().getOrDefault("x-action", "seen"));
    }

    private RuntimeOutput act(String action) throws Exception {
        switch (action) {
            case "seen": return seen();
            case "body": return body();
            case "body-json": return res.json(Map.of("value", req.getBodyJson()));
            case "echo": return res.binary(req.getBodyBinary(), 200, Map.of("content-type", "application/octet-stream"));
            case "text": return res.text(options.text("text", "text"), options.number("status", 200), options.headers());
            case "json": return res.json(options.value("value"), options.number("status", 200), options.headers());
            case "binary": return res.binary(allBytes());
            case "empty": return res.empty();
            case "redirect": return res.redirect(options.text("url", ""), options.number("status", 301));
            case "send": return res.send(options.text("body", ""));
            case "big": return res.binary("x".repeat(options.number("bytes", 0)).getBytes());
            case "many-headers": return manyHeaders();
            case "not-returned":
                res.text("first", 201);
                return res.text("second");
            case "nothing":
                res.text("not returned");
                return null;
            case "throws":
                context.log("before");
                throw new TypeError("on purpose");
            case "log":
                options.texts("prints").forEach(System.out::println);
                options.texts("logs").forEach(context::log);
                options.texts("errors").forEach(context::error);
                return res.text("logged");
            case "values": return values();
            case "prints": return prints();
            case "flood": return flood();
            case "child":
                child(options.text("command", ""));
                return res.text("ended");
            case "mixed": return mixed();
            case "sleep":
                options.texts("logs").forEach(context::log);
                Thread.sleep((long) (options.decimal("seconds") * 1000));
                context.log("too late");
                return res.text(options.text("text", "slept"));
            case "spin":
                context.log("before");
                while (true) Thread.onSpinWait();
            case "late": return late();
            case "exit":
                context.log("before");
                System.exit(options.number("code", 0));
                return null;
            case "abort":
                context.log("before");
                send("ABRT", ProcessHandle.current().pid());
                Thread.sleep(10_000);
                return null;
            case "signal": return signal();
            case "environment": return res.json(System.getenv());
            case "identity": return identity();
            case "read": return read(Path.of(options.text("path", "")));
            case "write": return write(Path.of(options.text("path", "")), options.text("text", ""));
            case "fill": return fill(Path.of(options.text("path", "")), options.number("mib", 0));
            default: throw new IllegalArgumentException("there is no such action");
        }
    }

    private RuntimeOutput seen() throws Exception {
        byte[] body = req.getBodyBinary();
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("method", req.getMethod());
        seen.put("scheme", req.getScheme());
        seen.put("host", req.getHost());
        seen.put("port", req.getPort());
        seen.put("path", req.getPath());
        seen.put("queryString", req.getQueryString());
        seen.put("url", req.getUrl());
        seen.put("query", req.getQuery());
        seen.put("headers", req.getHeaders());
        seen.put("size", body.length);
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(body);
        seen.put("sha256", String.format("%064x", new BigInteger(1, sum)));
        return res.json(seen);
    }

    private RuntimeOutput body() {
        Object body = req.getBody();
        String kind = body instanceof Map ? "object" : "string";
        return res.json(Map.of("kind", kind, "body", body, "text", req.getBodyText(), "raw", req.getBodyRaw()));
    }

    private static byte[] allBytes() {
        byte[] bytes = new byte[256];
        for (int each = 0; each < bytes.length; each++) bytes[each] = (byte) each;
        return bytes;
    }

    private RuntimeOutput manyHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int each = 0; each < options.number("number", 0); each++) {
            headers.put("x-" + each, "v".repeat(options.number("size", 0)));
        }
        return res.text("text", 200, headers);
    }

    private RuntimeOutput values() {
        context.log("one", 2, true, "naïve 🎉");
        context.log(Map.of("a", List.of(1, "b")), List.of(1, Collections.singletonMap("c", null)));
        context.error(new IllegalStateException("logged"));
        return res.text("logged");
    }

    private RuntimeOutput prints() {
        System.out.println("printed 1");
        context.log("logged 2");
        System.err.println("printed 3");
        System.out.print("printed 4\nprinted");
        System.out.println(" 5");
        return res.text("printed");
    }

    private RuntimeOutput flood() {
        String text = "é".repeat(options.number("characters", 0));
        for (int entry = 0; entry < options.number("entries", 0); entry++) {
            if (options.text("how", "").equals("print")) System.out.println(text);
            else context.log(text);
        }
        return res.text("logged");
    }

    /** Runs a command of the shell whose output is this function's own. */
    private static void child(String command) throws Exception {
        new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
    }

    private RuntimeOutput mixed() throws Exception {
        String name = options.text("name", "");
        String lines = "for n in 0 1 2 3 4 5 6 7 8 9; do echo \"%s child $((%d + n))\"; done";
        for (int line = 0; line < options.number("lines", 0); line++) {
            context.log(name + " log " + line);
            Thread.sleep(line % 3);
            System.out.println(name + " print " + line);
            if (line % 10 == 0) child(String.format(lines, name, line));
            context.error(name + " error " + line);
        }
        return res.text(name);
    }

    private RuntimeOutput late() {
        new Thread(() -> {
            try {
                Thread.sleep(100);
            } catch (InterruptedException early) {
                return;
            }
            context.log("late");
            System.out.println("late, printed");
        }).start();
        return res.text("answered");
    }

    private RuntimeOutput signal() throws Exception {
        ProcessHandle self = ProcessHandle.current();
        Object wanted = options.value("pid");
        long parent = self.parent().map(ProcessHandle::pid).orElse(1L);
        long pid = wanted.equals("parent") ? parent : wanted.equals("self") ? self.pid() : ((Number) wanted).longValue();
        String said = send(options.text("name", "").replace("SIG", ""), pid);
        Thread.sleep(50);
        return res.text(said);
    }

    private static String send(String signal, long pid) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).redirectErrorStream(true).start();
        String said = new String(kill.getInputStream().readAllBytes());
        if (kill.waitFor() == 0) return "sent";
        return said.contains("not permitted") ? "EPERM" : said;
    }

    private RuntimeOutput identity() throws IOException {
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("user", numbers("Uid").get(1));
        found.put("group", numbers("Gid").get(1));
        found.put("groups", numbers("Groups"));
        found.put("folder", System.getProperty("user.dir"));
        return res.json(found);
    }

    private static List<Integer> numbers(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (!line.startsWith(name + ":")) continue;
            String rest = line.substring(name.length() + 1).trim();
            return rest.isEmpty() ? List.of() : Arrays.stream(rest.split("\\s+")).map(Integer::valueOf).toList();
        }
        throw new IOException("there is no " + name);
    }

    private RuntimeOutput read(Path path) {
        try {
            return res.binary(Files.readAllBytes(path));
        } catch (IOException error) {
            return res.text(name(error), 403);
        }
    }

    private RuntimeOutput write(Path path, String text) {
        try {
            Files.writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException error) {
            return res.text(name(error), 403);
        }
        return res.text("written");
    }

    /** Writes until the folder takes no more, at most so many MiB; keeps nothing. */
    private RuntimeOutput fill(Path path, int mib) throws IOException {
        String said = "written";
        try (FileOutputStream file = new FileOutputStream(path.toFile())) {
            for (int each = 0; each < mib; each++) file.write(new byte[MIB]);
        } catch (IOException error) {
            said = name(error);
        }
        Files.deleteIfExists(path);
        return res.text(said);
    }

    private static String name(IOException error) {
        if (error instanceof AccessDeniedException) return "EACCES";
        String text = String.valueOf(error.getMessage());
        if (text.contains("No space left")) return "ENOSPC";
        return text.contains("not permitted") ? "EPERM" : error.toString();
    }

    /** The parameters of an action. */
    private static final class Options {
        private final Map<String, Object> values;

        Options(Map<String, Object> values) {
            this.values = values;
        }

        Object value(String name) {
            return values.get(name);
        }

        String text(String name, String otherwise) {
            Object value = values.get(name);
            return value == null ? otherwise : value.toString();
        }

        int number(String name, int otherwise) {
            Object value = values.get(name);
            return value == null ? otherwise : ((Number) value).intValue();
        }

        double decimal(String name) {
            return ((Number) values.get(name)).doubleValue();
        }

        List<String> texts(String name) {
            return values.containsKey(name) ? ((List<?>) values.get(name)).stream().map(String::valueOf).toList() : List.of();
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> headers() {
            return (Map<String, Object>) values.getOrDefault("headers", Map.of());
        }
    }
}
