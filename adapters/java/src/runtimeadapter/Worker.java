package runtimeadapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The worker of a Java or Kotlin function: answers the gateway's requests with it (docs/worker-protocol.md). */
public final class Worker {
    private static final int CONCURRENCY = 32;
    private static final int SHARED = 2;
    private static final int USAGE_ERROR = 64;

    private final Wire wire;
    private final Shape shape;
    private final Function function;
    private final RequestThreads threads;
    /** Requests that came together, and what is said about them with one write before they enter the function. */
    private final List<Call> taken = new ArrayList<>();
    private final List<byte[][]> begun = new ArrayList<>();

    private Worker(Wire wire, Shape shape, Function function, RequestThreads threads) {
        this.wire = wire;
        this.shape = shape;
        this.function = function;
        this.threads = threads;
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
            RequestThreads threads = new RequestThreads(CONCURRENCY);
            Shape shape = Shape.wanted(wire, threads);
            Function function = load(wire, shape, Path.of(arguments[0]));
            if (function == null) code = 1;
            else new Worker(wire, shape, function, threads).serve();
        } catch (IOException gone) {
            // the gateway has closed the connection
        } catch (Throwable fatal) { // no thread can be started any more, say: the gateway then makes room
            System.err.println("the worker ends: " + fatal);
            code = 1;
        }
        Runtime.getRuntime().halt(code); // whatever threads the function has left
    }

    /** The function, or null after saying why there is none. */
    private static Function load(Wire wire, Shape shape, Path file) throws IOException {
        try {
            Function function = Function.load(file, shape);
            if (function != null) return function;
            wire.write(Frame.failure(Frame.FAILED, 404, file.getFileName() + shape.wanted()).encode(0));
        } catch (Throwable error) {
            String message = error instanceof SyntaxError ? error.toString() : Failure.describe(error);
            wire.write(Frame.failure(Frame.FAILED, 500, message).encode(0));
        }
        return null;
    }

    private void serve() throws IOException, InterruptedException {
        wire.write(shape.ready(new Frame(Frame.READY).u8(SHARED).i32(CONCURRENCY)).encode(0));
        int called = shape.called();
        while (true) {
            int size = wire.readInt();
            int kind = wire.read(1)[0];
            int id = wire.readInt();
            byte[] body = wire.read(size - 5);
            if (kind == called) {
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
                end = shape.call(function, id, rest);
            } catch (Throwable error) {
                end = Frame.failure(Frame.ERROR, 500, Failure.describe(error));
            }
        }

        @Override
        public void end() {
            wire.end(end.encode(id));
        }
    }
}
