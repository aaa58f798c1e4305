package runtimeadapter;

import java.lang.reflect.Method;
import java.util.Map;

/** Makes the contexts of one language's functions, and takes apart what they return. */
public interface Contexts {
    /** A new context. */
    Object context(Given given, Log log);

    /** What a function has returned; it is not null. */
    Output output(Object returned);

    /** Calls a function that is a suspend function of Kotlin, and waits for its end. */
    Object suspended(Method main, Object self, Object context) throws Throwable;

    /** What a context's {@code log} and {@code error} do. */
    interface Log {
        void write(Object[] values, boolean error);
    }

    /** An answer. */
    final class Output {
        final byte[] body;
        final int status;
        final Map<String, ?> headers;

        public Output(byte[] body, int status, Map<String, ?> headers) {
            this.body = body;
            this.status = status;
            this.headers = headers;
        }
    }
}
