package runtimeadapter;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Stands for System.out or System.err: what is printed goes to the call whose thread prints it, or to the stream. */
final class Prints extends OutputStream {
    static final int STDOUT = 0;
    static final int STDERR = 1;

    private final PrintStream stream;
    private final int number;

    private Prints(PrintStream stream, int number) {
        this.stream = stream;
        this.number = number;
    }

    /** Has all that the function will print come here; its classes may keep the streams when they are loaded. */
    static void prepare() {
        System.setOut(new PrintStream(new Prints(System.out, STDOUT), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new Prints(System.err, STDERR), true, StandardCharsets.UTF_8));
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int size) {
        ContextCall call = ContextCall.current();
        if (call == null || !call.takesPrints()) stream.write(bytes, from, size);
        else call.printed(number, bytes, from, size);
    }

    @Override
    public void flush() {
        stream.flush();
    }
}
