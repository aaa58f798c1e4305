package runtimeadapter;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads take turns at what only one may do at a time: reading the connection. Who has read a request lets another thread
 * read, and then runs the request itself. So no request is handed from one thread to another, and none waits for another.
 */
final class Turns {
    /** How long a thread waits for its turn: while nobody calls, other files need the room. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final int mostIdle;
    /** Those that wait. The last one is called first: what it needs is still in the processor's caches. */
    private final ArrayDeque<RequestThread> idle = new ArrayDeque<>();
    private boolean taken;
    /** How many threads run a request. */
    private int busy;
    /** How many threads were called or started that are not here yet: the first one is to be started now. */
    private int coming = 1;

    Turns(int mostIdle) {
        this.mostIdle = mostIdle;
    }

    /** One that was to be started is here, or could not be. Returns how many are still coming. */
    synchronized int arrive() {
        return --coming;
    }

    /** Takes the turn if it is free. */
    synchronized boolean takeNow() {
        if (taken) return false;
        taken = true;
        return true;
    }

    /** Waits for the turn of the current thread. False if it should end: enough others wait, or it has waited for long. */
    boolean take(RequestThread thread) {
        while (!takeNow()) {
            synchronized (this) {
                if (!taken) continue;
                if (idle.size() == mostIdle) return false;
                thread.called = false;
                idle.addLast(thread);
            }
            long end = System.nanoTime() + PATIENCE;
            while (!thread.called) {
                long left = end - System.nanoTime();
                if (left > 0) LockSupport.parkNanos(this, left);
                else if (leave(thread)) return false;
                else end += PATIENCE; // it has just been called
            }
            arrive();
        }
        return true;
    }

    private synchronized boolean leave(RequestThread thread) {
        return idle.remove(thread);
    }

    /**
     * Ends the turn, because this thread is busy now, and calls others: one to wait for what comes, and if so many requests
     * wait already, as many as are busy. So quick work wakes few, and of slow work much begins soon. Returns how many
     * threads must be started, because none waits.
     */
    int pass(int waiting) {
        RequestThread[] called;
        int missing;
        synchronized (this) {
            busy++;
            taken = false;
            missing = Math.max(0, Math.min(Math.max(waiting, 1), busy) - coming);
            coming += missing;
            called = new RequestThread[Math.min(missing, idle.size())];
            for (int at = 0; at < called.length; at++) called[at] = idle.removeLast();
        }
        for (RequestThread thread : called) {
            thread.called = true;
            LockSupport.unpark(thread);
        }
        return missing - called.length;
    }

    /** A thread is no longer busy. */
    synchronized void finish() {
        busy--;
    }
}
