package runtimeadapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The worker of a Java or Kotlin function: answers the gateway's requests with it (docs/worker-protocol.md). */
public final class Worker {
    private static final int CONCURRENCY = 32;
    private static final int SHARED = 2;
    private static final int MOST_TRIES = 50;
    private static final int USAGE_ERROR = 64;

    private final Wire wire;
    private final Function function;

    private Worker(Wire wire, Function function) {
        this.wire = wire;
        this.function = function;
    }

    public static void main(String[] arguments) {
        String socket = System.getenv("RUNTIME_SOCKET");
        if (socket == null || arguments.length != 1) {
            System.err.println("this is a function's worker, which the gateway starts; run /usr/local/src/launch.sh instead");
            System.exit(USAGE_ERROR);
        }
        int code = 0;
        try {
            Wire wire = new Wire(socket);
            Function function = load(wire, Path.of(arguments[0]));
            if (function == null) code = 1;
            else new Worker(wire, function).serve();
        } catch (IOException gone) {
            // the gateway has closed the connection
        } catch (Throwable fatal) { // no thread can be started any more, say: the gateway then makes room
            System.err.println("the worker ends: " + fatal);
            code = 1;
        }
        Runtime.getRuntime().halt(code); // whatever threads the function has left
    }

    /** The function, or null after saying why there is none. */
    private static Function load(Wire wire, Path file) throws IOException {
        try {
            Function function = Function.load(file);
            if (function != null) return function;
            String rule = " holds no function main(Request, Response) that returns a Response";
            wire.write(Frame.failure(Frame.FAILED, 404, file.getFileName() + rule).encode(0));
        } catch (Throwable error) {
            String message = error instanceof SyntaxError ? error.toString() : Failure.describe(error);
            wire.write(Frame.failure(Frame.FAILED, 500, message).encode(0));
        }
        return null;
    }

    private void serve() throws IOException, InterruptedException {
        new Thread(wire, "ends of requests").start();
        wire.write(new Frame(Frame.READY).u8(SHARED).i32(CONCURRENCY).encode(0));
        while (true) {
            int size = wire.readInt();
            int kind = wire.read(1)[0];
            int id = wire.readInt();
            byte[] body = wire.read(size - 5);
            if (kind == Frame.REQUEST) {
                start(() -> answer(id, body));
            } else if (kind == Frame.PING) {
                wire.write(new Frame(Frame.PONG).encode(id));
            }
        }
    }

    /**
     * Runs a request in a thread of its own. Where no more can be started, others that just end may make room. (Virtual
     * threads would tell nobody that they have found no carrier, and 32 requests gain nothing by them.)
     */
    private void start(Runnable request) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                new Thread(request).start();
                return;
            } catch (OutOfMemoryError full) {
                if (tries == MOST_TRIES) throw full;
                Thread.sleep(10);
            }
        }
    }

    private void answer(int id, byte[] body) {
        Frame end;
        try {
            wire.write(new Frame(Frame.STARTED).encode(id));
            ByteBuffer rest = ByteBuffer.wrap(body);
            end = Answer.end(function.call(map(rest), map(rest), text(rest)));
        } catch (Throwable error) {
            end = Frame.failure(Frame.ERROR, 500, Failure.describe(error));
        }
        wire.end(end.encode(id));
    }

    private static Map<String, String> map(ByteBuffer body) {
        Map<String, String> map = new HashMap<>();
        for (int count = body.getInt(); count > 0; count--) {
            String name = text(body);
            map.put(name, text(body));
        }
        return map;
    }

    private static String text(ByteBuffer body) {
        int size = body.getInt();
        String text = new String(body.array(), body.position(), size, StandardCharsets.UTF_8);
        body.position(body.position() + size);
        return text;
    }
}
