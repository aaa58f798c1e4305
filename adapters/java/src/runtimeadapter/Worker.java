package runtimeadapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The worker of a Java or Kotlin function: answers the gateway's requests with it (docs/worker-protocol.md). */
public final class Worker {
    private static final int CONCURRENCY = 32;
    private static final int SHARED = 2;
    private static final int MOST_TRIES = 50;
    private static final int USAGE_ERROR = 64;

    private final Wire wire;
    private final Shape shape;
    private final Function function;
    /** At reading the connection. */
    private final Turns turns = new Turns(CONCURRENCY);

    private Worker(Wire wire, Shape shape, Function function) {
        this.wire = wire;
        this.shape = shape;
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
            Shape shape = Shape.wanted(wire);
            Function function = load(wire, shape, Path.of(arguments[0]));
            if (function == null) code = 1;
            else new Worker(wire, shape, function).serve();
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

    /** Serves requests for ever, in other threads: a function may do to its own what it likes. */
    private void serve() throws IOException, InterruptedException {
        wire.write(shape.ready(new Frame(Frame.READY).u8(SHARED).i32(CONCURRENCY)).encode(0));
        new RequestThread(this).start();
        while (true) Thread.sleep(Long.MAX_VALUE);
    }

    /** Serves requests, one after the other. As many threads do that as requests run, and one that waits for the next. */
    void work(RequestThread thread) {
        int code = 1;
        try {
            boolean canBeReset = thread.canBeReset();
            // The last answer goes out with what says that the next request has started, if that has arrived already.
            Held held = new Held(wire);
            turns.arrive();
            do {
                if (!nextTurn(thread, held)) return;
                Call call = nextCall(held);
                for (int missing = turns.pass(wire.waiting()); missing > 0; missing--) startThread(held);
                held.releaseWith(new Frame(Frame.STARTED).encode(call.id)); // before the function runs
                thread.enter();
                Frame end;
                try {
                    end = callFunction(call);
                } finally {
                    thread.leave();
                }
                held.answer(end.encode(call.id));
                turns.finish();
            } while (thread.reset() && canBeReset);
            held.release();
            return;
        } catch (IOException gone) { // the gateway has closed the connection
            code = 0;
        } catch (Throwable fatal) { // no thread can be started any more, say: the gateway then makes room
            System.err.println("the worker ends: " + fatal);
        }
        Runtime.getRuntime().halt(code); // whatever threads the function has left
    }

    /** Waits for this thread's turn, with nothing held. False if this thread should end. */
    private boolean nextTurn(RequestThread thread, Held held) throws IOException {
        if (turns.takeNow()) return true;
        held.release();
        return turns.take(thread);
    }

    /** Takes frames off the connection until one is a request. */
    private Call nextCall(Held held) throws IOException {
        while (true) {
            if (wire.waiting() == 0) held.release(); // reading may take time
            int size = wire.readInt();
            int kind = wire.read(1)[0];
            int id = wire.readInt();
            byte[] body = wire.read(size - 5);
            if (kind == shape.called()) return new Call(id, body);
            if (kind == Frame.PING) wire.write(new Frame(Frame.PONG).encode(id));
        }
    }

    /** Starts one more thread that serves requests. */
    private void startThread(Held held) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                new RequestThread(this).start();
                return;
            } catch (OutOfMemoryError full) { // others that just end may make room
                if (tries < MOST_TRIES) {
                    Thread.sleep(10);
                } else if (turns.arrive() > 0) {
                    return;
                } else {
                    // Without a thread that reads nothing can be answered: this worker ends, and the gateway hands the
                    // request, which has not started, to a fresh one.
                    held.release();
                    throw full;
                }
            }
        }
    }

    /** Calls the function; returns what ends the call. */
    private Frame callFunction(Call call) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(call.body);
            call.body = null; // the function may need its memory
            return shape.call(function, call.id, rest);
        } catch (Throwable error) {
            return Frame.failure(Frame.ERROR, 500, Failure.describe(error));
        }
    }

    /** A request on its way to the function. */
    private static final class Call {
        private final int id;
        private byte[] body;

        Call(int id, byte[] body) {
            this.id = id;
            this.body = body;
        }
    }
}
