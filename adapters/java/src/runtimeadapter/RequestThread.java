package runtimeadapter;

/** A thread that runs requests, one after the other, and starts each of them as a new thread would. */
final class RequestThread extends Thread {
    private final Worker worker;
    private final ClassLoader loader = getContextClassLoader();
    private final String name = getName();
    private final int priority = getPriority();

    /** Held while the function's time begins or ends, so that nobody interrupts the thread outside of it. */
    private final Object gate = new Object();
    private boolean inFunction;
    /** Somebody wanted to interrupt it meanwhile. */
    private boolean missed;

    /** Whether its turn has come, for which it waits ({@link Turns}). */
    volatile boolean called;

    RequestThread(Worker worker) {
        this.worker = worker;
    }

    @Override
    public void run() {
        worker.work(this);
    }

    /** Whether a second request could be started as in a new thread: inherited values could not be brought back for it. */
    boolean canBeReset() {
        return ThreadLocals.CAN_BE_CLEARED && !ThreadLocals.anyInherited(this);
    }

    /** Begins the function's time. */
    void enter() {
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

    /** Ends the function's time. */
    void leave() {
        synchronized (gate) {
            inFunction = false;
            interrupted(); // forgets it
        }
    }

    /** Interrupts the function only: the connection would close if its reader or writer were interrupted. */
    @Override
    public void interrupt() {
        synchronized (gate) {
            if (inFunction) super.interrupt();
            else missed = true;
        }
    }

    /** Forgets what the function has kept in the thread; false if something else is not as in a new one. */
    boolean reset() {
        ThreadLocals.clear(this);
        return getName().equals(name) && getPriority() == priority && getContextClassLoader() == loader
            && getUncaughtExceptionHandler() == getThreadGroup();
    }
}
