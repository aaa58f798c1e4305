package runtimeadapter;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes frames of calls that go on. They have left the process when it returns, so that they are known if the function
 * ends it. The connection closes if a thread is interrupted that writes to it.
 */
final class Speaker {
    private final Wire wire;
    /** Writes for threads of the function's own, which anybody may interrupt. */
    private final ExecutorService other = Executors.newSingleThreadExecutor(Uninterrupted::new);

    Speaker(Wire wire) {
        this.wire = wire;
    }

    void say(byte[][]... frames) {
        Thread thread = Thread.currentThread();
        if (thread instanceof RequestThread) ((RequestThread) thread).undisturbed(() -> write(frames));
        else byAnother(frames);
    }

    /** Has the other thread write, and waits for that, whoever interrupts meanwhile. */
    private void byAnother(byte[][]... frames) {
        Future<?> written = other.submit(() -> write(frames));
        boolean interrupted = false;
        while (!written.isDone()) {
            try {
                written.get();
            } catch (InterruptedException later) {
                interrupted = true;
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void write(byte[][]... frames) {
        try {
            wire.write(frames);
        } catch (IOException gone) {
            Runtime.getRuntime().halt(0); // the gateway has closed the connection
        }
    }

    /** A thread that nobody can interrupt, and that has nothing of the one that starts it. */
    private static final class Uninterrupted extends Thread {
        Uninterrupted(Runnable work) {
            super(null, work, "writes what others log", 0, false);
        }

        @Override
        public void interrupt() {}
    }
}
