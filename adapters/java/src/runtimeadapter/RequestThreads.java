package runtimeadapter;

import java.util.ArrayDeque;

/**
 * The threads of requests. One that has ended its request waits for the next, because to start a thread takes longer
 * than most requests. (Virtual threads would tell nobody that they have found no carrier, and Java 17 has none.)
 */
final class RequestThreads {
    private static final int MOST_TRIES = 50;

    private final int mostIdle;
    /** The one that became idle last comes first: what it needs is still in the processor's caches. */
    private final ArrayDeque<RequestThread> idle = new ArrayDeque<>();

    RequestThreads(int mostIdle) {
        this.mostIdle = mostIdle;
    }

    /** A thread that waits for a request: an idle one, or a new one, so that no request waits for another to end. */
    RequestThread take() throws InterruptedException {
        synchronized (idle) {
            for (RequestThread thread; (thread = idle.pollFirst()) != null; ) {
                if (thread.isAlive()) return thread; // Java 17 still has Thread.stop
            }
        }
        for (int tries = 1; ; tries++) {
            try {
                RequestThread thread = new RequestThread(this);
                thread.start();
                return thread;
            } catch (OutOfMemoryError full) { // others that just end may make room
                if (tries == MOST_TRIES) throw full;
                Thread.sleep(10);
            }
        }
    }

    /** Keeps a thread that is free again; false if there are enough. */
    boolean keep(RequestThread thread) {
        synchronized (idle) {
            if (idle.size() == mostIdle) return false;
            idle.addFirst(thread);
            return true;
        }
    }

    /** Forgets an idle thread; false if it is not idle any more. */
    boolean remove(RequestThread thread) {
        synchronized (idle) {
            return idle.remove(thread);
        }
    }
}
