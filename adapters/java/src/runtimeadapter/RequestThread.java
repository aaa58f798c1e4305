package runtimeadapter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A thread that runs requests, one after the other, and starts each of them as a new thread would. */
final class RequestThread extends Thread {
    /** How long a thread waits for its next request: while nobody calls, other files need the room. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final RequestThreads threads;
    private final ClassLoader loader = getContextClassLoader();
    private final String name = getName();
    private final int priority = getPriority();

    /** Held while the function's time begins or ends, so that nobody interrupts the thread outside of it. */
    private final Object gate = new Object();
    private boolean inFunction;
    /** Somebody wanted to interrupt it meanwhile. */
    private boolean missed;

    private volatile Request next;

    /** What a thread is given to do. */
    interface Request {
        /** Calls the function. */
        void call();

        /** Says how that ended. Nothing can interrupt this. */
        void end();
    }

    RequestThread(RequestThreads threads) {
        this.threads = threads;
    }

    /** Hands over a request to a thread that waits for one. */
    void begin(Request request) {
        next = request;
        LockSupport.unpark(this);
    }

    @Override
    public void run() {
        // Inherited values could not be brought back for a second request.
        boolean reusable = ThreadLocals.CAN_BE_CLEARED && !ThreadLocals.anyInherited(this);
        boolean kept;
        do {
            Request request = await();
            if (request == null) return;
            enter();
            try {
                request.call();
            } finally {
                leave();
            }
            request.end();
            kept = reusable && isAsMade() && threads.keep(this);
        } while (kept);
    }

    /** The next request; null if none came for long, and none will. */
    private Request await() {
        long end = System.nanoTime() + PATIENCE;
        while (next == null) {
            long left = end - System.nanoTime();
            if (left > 0) LockSupport.parkNanos(this, left);
            else if (threads.remove(this)) return null;
            else end += PATIENCE; // it has just been chosen for a request
        }
        Request request = next;
        next = null;
        return request;
    }

    private void enter() {
        synchronized (gate) {
            inFunction = true;
            missed = false;
        }
    }

    /** Does something of the function's that nothing may interrupt. Who wanted to has done so when it ends. */
    void undisturbed(Runnable work) {
        boolean before;
        synchronized (gate) {
            before = interrupted();
            inFunction = false;
            missed = false;
        }
        try {
            work.run();
        } finally {
            synchronized (gate) {
                inFunction = true;
                if (before || missed) super.interrupt();
            }
        }
    }

    private void leave() {
        synchronized (gate) {
            inFunction = false;
            interrupted(); // forgets it
        }
    }

    /** Interrupts the function only: the connection would close if its writer were interrupted. */
    @Override
    public void interrupt() {
        synchronized (gate) {
            if (inFunction) super.interrupt();
            else missed = true;
        }
    }

    /** Forgets what the function has kept in the thread; false if something else is not as in a new one. */
    private boolean isAsMade() {
        ThreadLocals.clear(this);
        return getName().equals(name) && getPriority() == priority && getContextClassLoader() == loader
            && getUncaughtExceptionHandler() == getThreadGroup();
    }
}
