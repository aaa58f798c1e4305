import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicLong;

/** The probe: does whatever the payload's action says (tests/resources/probe/README.md). */
public class Index {
    /** How long after the function's end something still happens, in milliseconds. */
    private static final long LATE = 50;
    private static final int MIB = 1 << 20;
    private static final AtomicLong COUNT = new AtomicLong();
    private static final List<Object> HELD = new ArrayList<>();

    private Request req;
    private Response res;
    private Options options;

    /** Finds the action and takes it. */
    public Response main(Request req, Response res) throws Exception {
        this.req = req;
        this.res = res;
        options = new Options(req.payload);
        return act(options.text("action", "answer"));
    }

    private Response act(String action) throws Exception {
        switch (action) {
            case "answer": return everything();
            case "text": return res.send(options.text("text", "Hello"));
            case "json": return res.json(options.value("value"));
            case "both":
                res.send("first");
                return res.json(Map.of("last", true));
            case "none": return null;
            case "twice":
                res.send("first");
                return res.send("second");
            case "late":
                after(LATE, () -> res.send("too late"));
                return res.send("in time");
            case "late_error":
                after(LATE, () -> { throw new IllegalStateException("late probe error"); });
                return res.send("in time");
            case "status": return res.send("status", (int) options.number("status", 0));
            case "bytes": return res.send(new String(new char[] {'x', 0xd800, 'x'}));
            case "unserialisable": return unserialisable(options.text("kind", ""));
            case "big": return res.send("x".repeat((int) options.number("bytes", 0)));
            case "mutate":
                req.env.put("MUTATED", "yes");
                req.headers.put("mutated", "yes");
                req.payload = "mutated";
                return everything();
            case "proto": return res.json(single("value", req.env.get("__proto__")));
            case "counter": return res.json(single("counter", COUNT.incrementAndGet()));
            case "pid": return res.json(single("pid", ProcessHandle.current().pid()));
            case "uid": return res.json(Map.of("uid", owner("Uid"), "gid", owner("Gid")));
            case "environ": return res.json(System.getenv());
            case "read": return read(options.text("path", ""));
            case "throw":
                res.send("answered before the error");
                return Failing.fail(options.text("kind", "error"), options.text("text", "probe error"));
            case "sleep":
                Thread.sleep((long) (options.seconds() * 1000));
                return res.send("slept");
            case "block":
                new ProcessBuilder("sleep", String.valueOf(options.seconds())).start().waitFor();
                return res.send("blocked");
            case "spin":
                long end = System.nanoTime() + (long) (options.seconds() * 1e9);
                while (options.value("seconds") == null || System.nanoTime() < end) Thread.onSpinWait();
                return res.send("spun");
            case "exit":
                System.exit((int) options.number("code", 0));
                return res;
            case "abort":
                if (options.value("line") != null) {
                    Files.writeString(Path.of("/tmp/begun"), options.text("line", "") + "\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
                shell("kill -ABRT " + ProcessHandle.current().pid());
                Thread.sleep(60_000);
                return res;
            case "kill":
                int signal = (int) options.number("signal", 9);
                String failed = shell("kill -" + signal + " -- " + (int) options.number("pid", 0));
                if (!failed.isEmpty()) throw new IOException(failed);
                return res.send("killed");
            case "spawn": return res.json(single("pid", startSleeper().pid()));
            case "forks": return untilError("started", options.number("count", 200), Index::startSleeper);
            case "descriptors":
                Attempt open = () -> HELD.add(new FileInputStream("/dev/null"));
                return untilError("opened", options.number("count", 100_000), open);
            case "allocate":
                byte[][] memory = new byte[(int) options.number("mib", 1)][];
                for (int at = 0; at < memory.length; at++) Arrays.fill(memory[at] = new byte[MIB], (byte) 'x');
                return res.send("allocated");
            case "fill": return fill(options.text("path", "/tmp/filled"), options.number("mib", 1024));
            case "print": return print();
            case "tamper": return tamper();
            default: throw new IllegalArgumentException("the probe knows no action " + action);
        }
    }

    private Response everything() {
        return res.json(Map.of("env", req.env, "payload", req.payload, "headers", req.headers));
    }

    private static Map<String, Object> single(String name, Object value) {
        Map<String, Object> map = new HashMap<>();
        map.put(name, value);
        return map;
    }

    private static void after(long milliseconds, Runnable work) {
        new Thread(() -> {
            try {
                Thread.sleep(milliseconds);
            } catch (InterruptedException interrupted) {
                return;
            }
            work.run();
        }).start();
    }

    private Response unserialisable(String kind) {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        Runnable function = () -> {};
        return res.json(Map.of(
            "nan", Double.NaN, "infinity", List.of(Float.POSITIVE_INFINITY), "cycle", cycle, "function", function,
            "bytes", new byte[1], "surrogate", "\ud800").get(kind));
    }

    /** What the kernel says of this process's user or group. */
    private static long owner(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field + ":")) return Long.parseLong(line.split("\\s+")[2]);
        }
        throw new IOException("/proc/self/status has no " + field);
    }

    private Response read(String path) throws IOException {
        try (FileInputStream file = new FileInputStream(path)) {
            return res.send(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Runs a command; what it said, if it failed. */
    private static String shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : command + ": " + said;
    }

    private static Process startSleeper() throws IOException {
        return new ProcessBuilder("setsid", "sleep", "60").start();
    }

    private interface Attempt {
        Object make() throws IOException;
    }

    private Response untilError(String name, double times, Attempt attempt) {
        Map<String, Object> result = single("error", null);
        long done = 0;
        try {
            for (; done < times; done++) attempt.make();
        } catch (IOException | OutOfMemoryError error) {
            result.put("error", error.toString());
        }
        result.put(name, done);
        return res.json(result);
    }

    private Response fill(String path, double mib) throws IOException {
        Map<String, Object> result = single("error", null);
        byte[] block = new byte[MIB];
        Arrays.fill(block, (byte) 'x');
        long written = 0;
        try (FileOutputStream file = new FileOutputStream(path)) {
            try {
                for (; written < mib * MIB; written += MIB) file.write(block);
            } catch (IOException error) {
                result.put("error", error.toString());
            }
        }
        result.put("written", written);
        return res.json(result);
    }

    private Response print() {
        PrintStream stream = options.text("stream", "stdout").equals("stderr") ? System.err : System.out;
        int bytes = (int) options.number("bytes", 0);
        for (int number = 1; number <= options.number("lines", 1); number++) {
            String line = options.text("text", "line " + number + " ");
            stream.println((line + "x".repeat(Math.max(0, bytes - line.length()))).stripTrailing());
        }
        return res.send("printed");
    }

    private Response tamper() {
        System.setProperty("user.dir", "/");
        System.getProperties().remove("line.separator");
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
        Locale.setDefault(Locale.forLanguageTag("tr"));
        Thread.currentThread().interrupt();
        return res.send("tampered");
    }
}

/** The ways to fail. */
class Failing {
    static Response fail(String kind, String text) throws Exception {
        switch (kind) {
            case "error": throw new IllegalStateException(text);
            case "custom": throw new CustomError("custom text");
            case "base": throw Failing.<RuntimeException>unchecked(new BareError("bare"));
            case "null": throw null;
            case "divide": return fail(String.valueOf(1 / (kind.length() - "divide".length())), text);
            case "recursion": return fail(kind, text);
            case "odd": throw new IllegalStateException("odd \ud800\u0000\u202e text");
            case "long": throw new IllegalStateException("x".repeat(1_000_000));
            case "unprintable": throw new UnprintableError();
            case "cause": throw new IllegalStateException("outer", new CustomError("inner"));
            default: throw new IllegalArgumentException("the probe knows no kind " + kind);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable error) throws E {
        throw (E) error;
    }
}

class CustomError extends Error {
    CustomError(String text) {
        super(text);
    }
}

/** Neither an Exception nor an Error. */
class BareError extends Throwable {
    BareError(String text) {
        super(text);
    }
}

class UnprintableError extends RuntimeException {
    @Override
    public String getMessage() {
        throw new IllegalStateException("no text");
    }
}

/** The payload's options; none where it is no JSON object. */
class Options {
    private Map<?, ?> values = Map.of();

    Options(String payload) {
        try {
            if (new Parser(payload).value() instanceof Map<?, ?> map) values = map;
        } catch (RuntimeException noJson) {
            // the action "answer"
        }
    }

    Object value(String name) {
        return values.get(name);
    }

    String text(String name, String otherwise) {
        return values.get(name) instanceof String text ? text : otherwise;
    }

    double number(String name, double otherwise) {
        return values.get(name) instanceof Number number ? number.doubleValue() : otherwise;
    }

    double seconds() {
        return number("seconds", 1);
    }
}

/** Reads JSON; Java's own library does not. */
class Parser {
    private final String text;
    private int at;

    Parser(String text) {
        this.text = text;
    }

    Object value() {
        switch (next()) {
            case '{': return object();
            case '[': return list();
            case '"': return string();
            case 't': return word("true", true);
            case 'f': return word("false", false);
            case 'n': return word("null", null);
            default: return number();
        }
    }

    /** The next character that is no white space; it is not taken yet. */
    private char next() {
        while (Character.isWhitespace(text.charAt(at))) at++;
        return text.charAt(at);
    }

    private Object word(String word, Object meaning) {
        if (!text.startsWith(word, at)) throw new IllegalArgumentException("no JSON");
        at += word.length();
        return meaning;
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
        String number = text.substring(start, at);
        return number.matches("-?\\d{1,18}") ? (Object) Long.valueOf(number) : (Object) Double.valueOf(number);
    }

    private Map<String, Object> object() {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        while (next() != '}') {
            String name = string();
            if (next() == ':') at++;
            map.put(name, value());
            if (next() == ',') at++;
        }
        at++;
        return map;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        at++;
        while (next() != ']') {
            list.add(value());
            if (next() == ',') at++;
        }
        at++;
        return list;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            char each = text.charAt(at);
            if (each == '\\') {
                each = text.charAt(++at);
                int escape = "nrtbf".indexOf(each);
                if (escape >= 0) each = "\n\r\t\b\f".charAt(escape);
                if (each == 'u') {
                    each = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                    at += 4;
                }
            }
            string.append(each);
        }
        at++;
        return string.toString();
    }
}
