package runtimeadapter;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** What a function takes and answers with, which the server's protocol fixes (docs/worker-protocol.md). */
abstract class Shape {
    private static final String OTHER = "runtimeadapter.ContextShape";

    /** The shape that the gateway asks for; functions that take a context have their own classes, in another archive. */
    static Shape wanted(Wire wire) throws ReflectiveOperationException {
        if (!"context".equals(System.getenv("RUNTIME_SHAPE"))) return new RequestShape();
        return (Shape) Class.forName(OTHER).getDeclaredConstructor(Wire.class).newInstance(wire);
    }

    /** The kind of the frame that calls the function. */
    abstract int called();

    /** Adds to READY what it says of this shape. */
    abstract Frame ready(Frame frame);

    /** What is said of a file that holds no function of this shape. */
    abstract String wanted();

    /** The packages that a function's class may be in, each with its dot; the path is relative to the function's folder. */
    abstract List<String> packages(Path inFolder);

    /** Folders of archives that functions of this shape need. */
    abstract List<Path> libraries();

    /** Whether a method called main is such a function. */
    abstract boolean fits(Method method);

    /** Makes ready for calls of a function that fits. */
    abstract void bind(Method main) throws ReflectiveOperationException;

    /** Calls the function for the body of a frame; returns what ends the call. */
    abstract Frame call(Function function, int id, ByteBuffer body) throws Throwable;

    /** Calls a suspend function of Kotlin, and waits for its end. */
    abstract Object suspended(Method main, Object self, Object... arguments) throws Throwable;
}
