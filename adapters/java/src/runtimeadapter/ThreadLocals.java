package runtimeadapter;

import java.lang.reflect.Field;

/**
 * What a thread keeps in variables of its own (ThreadLocal). A request must not see what another has left there, as in a
 * new thread. Java has no public way to forget it; the worker's jar is allowed to by its manifest (install.sh).
 */
final class ThreadLocals {
    private static final Field OWN = field("threadLocals");
    private static final Field INHERITED = field("inheritableThreadLocals");

    static final boolean CAN_BE_CLEARED = OWN != null && INHERITED != null;

    private ThreadLocals() {}

    private static Field field(String name) {
        try {
            Field field = Thread.class.getDeclaredField(name);
            return field.trySetAccessible() ? field : null;
        } catch (NoSuchFieldException another) { // then a thread serves one request only
            return null;
        }
    }

    /** Whether a new thread has got values from the one that started it. */
    static boolean anyInherited(Thread thread) {
        try {
            return INHERITED.get(thread) != null;
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Forgets all values of a thread. */
    static void clear(Thread thread) {
        try {
            if (OWN.get(thread) != null) OWN.set(thread, null);
            if (INHERITED.get(thread) != null) INHERITED.set(thread, null);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
