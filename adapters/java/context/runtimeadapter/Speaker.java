package runtimeadapter;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * Writes frames of calls that go on. They have left the process when it returns, so that they are known if the function
 * ends it. The connection closes if a thread is interrupted that writes to it.
 */
final class Speaker {
    private final Wire wire;
    private final RequestThreads threads;

    Speaker(Wire wire, RequestThreads threads) {
        this.wire = wire;
        this.threads = threads;
    }

    void say(byte[][]... frames) {
        Thread thread = Thread.currentThread();
        if (thread instanceof RequestThread) ((RequestThread) thread).undisturbed(() -> write(frames));
        else byAnother(frames);
    }

    /** For threads of the function's own, which anybody may interrupt: a thread does it that nobody can. */
    private void byAnother(byte[][]... frames) {
        CountDownLatch done = new CountDownLatch(1);
        boolean interrupted = false;
        RequestThread.Request writing = new RequestThread.Request() {
            @Override
            public void call() {}

            @Override
            public void end() {
                write(frames);
                done.countDown();
            }
        };
        while (true) {
            try {
                threads.take().begin(writing);
                break;
            } catch (InterruptedException again) { // while there was no room for one more thread
                interrupted = true;
            }
        }
        while (done.getCount() > 0) {
            try {
                done.await();
            } catch (InterruptedException later) {
                interrupted = true;
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
}
