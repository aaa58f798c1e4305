package runtimeadapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The worker of a Java or Kotlin function: answers the gateway's requests with it (docs/worker-protocol.md). */
public final class Worker {
    private static final int CONCURRENCY = 32;
    private static final int SHARED = 2;
    private static final int USAGE_ERROR = 64;

    private final Wire wire;
    private final Function function;
    private final RequestThreads threads = new RequestThreads(CONCURRENCY);
    /** Requests that came together, and what is said about them with one write before they enter the function. */
    private final List<Call> taken = new ArrayList<>();
    private final List<byte[][]> begun = new ArrayList<>();

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
        wire.write(new Frame(Frame.READY).u8(SHARED).i32(CONCURRENCY).encode(0));
        while (true) {
            int size = wire.readInt();
            int kind = wire.read(1)[0];
            int id = wire.readInt();
            byte[] body = wire.read(size - 5);
            if (kind == Frame.REQUEST) {
                taken.add(new Call(id, body, threads.take()));
                begun.add(new Frame(Frame.STARTED).encode(id));
            } else if (kind == Frame.PING) {
                begun.add(new Frame(Frame.PONG).encode(id));
            }
            if (!wire.hasFrame()) begin();
        }
    }

    /** Has the requests that came together enter the function, each in a thread of its own. */
    private void begin() throws IOException {
        wire.write(begun.toArray(new byte[0][][]));
        for (Call call : taken) call.thread.begin(call);
        begun.clear();
        taken.clear();
    }

    /** A request on its way through the function. */
    private final class Call implements RequestThread.Request {
        private final int id;
        private final RequestThread thread;
        private byte[] body;
        private Frame end;

        Call(int id, byte[] body, RequestThread thread) {
            this.id = id;
            this.body = body;
            this.thread = thread;
        }

        @Override
        public void call() {
            try {
                ByteBuffer rest = ByteBuffer.wrap(body);
                body = null; // the function may need its memory
                end = Answer.end(function.call(map(rest), map(rest), text(rest)));
            } catch (Throwable error) {
                end = Frame.failure(Frame.ERROR, 500, Failure.describe(error));
            }
        }

        @Override
        public void end() {
            wire.end(end.encode(id));
        }
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
