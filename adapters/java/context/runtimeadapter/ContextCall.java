package runtimeadapter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One call of a function that takes a context: what it logs and prints (docs/protocol-v5.md, V14, V16). */
public final class ContextCall implements Contexts.Log {
    /** The call that a thread works for. Threads that the function starts inherit it. */
    private static final ThreadLocal<ContextCall> CURRENT = new InheritableThreadLocal<>();

    private static final int CONTEXT = 0;
    private static final int PRINTED = 1;
    /** Of one entry; the gateway keeps 8,000 characters, and wants to see if there are more. */
    private static final int MOST_CHARACTERS = 20_000;
    private static final int MOST_BYTES = 40_000;

    private final int id;
    private final boolean logging;
    private final Speaker speaker;
    /** What was printed to stdout and stderr without a line's end. Its lock is held while lines are written. */
    private final ByteArrayOutputStream[] rests = {new ByteArrayOutputStream(0), new ByteArrayOutputStream(0)};
    private volatile boolean ended;

    ContextCall(int id, boolean logging, Speaker speaker) {
        this.id = id;
        this.logging = logging;
        this.speaker = speaker;
    }

    /** The call that this thread works for, or null. */
    public static ContextCall current() {
        return CURRENT.get();
    }

    /** Has this thread work for a call from now on; null for none. */
    public static void enter(ContextCall call) {
        if (call == null) CURRENT.remove();
        else CURRENT.set(call);
    }

    /** Whether what the function prints goes by the call: to its logs, or since it has ended, so that it is no other's. */
    boolean takesPrints() {
        return logging || ended;
    }

    @Override
    public void write(Object[] values, boolean error) {
        if (!logging) return;
        String text = Entries.text(values);
        if (text.length() > MOST_CHARACTERS) text = text.substring(0, MOST_CHARACTERS);
        speaker.say(log(error ? Prints.STDERR : Prints.STDOUT, CONTEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Takes bytes that were printed; each line is an entry. */
    void printed(int stream, byte[] bytes, int from, int size) {
        List<byte[][]> lines = new ArrayList<>();
        ByteArrayOutputStream rest = rests[stream];
        synchronized (rest) {
            for (int at = from; at < from + size; at++) {
                if (bytes[at] == '\n') lines.add(entry(stream, rest));
                else if (rest.size() < MOST_BYTES) rest.write(bytes[at]);
            }
            if (!lines.isEmpty()) speaker.say(lines.toArray(new byte[0][][]));
        }
    }

    /** Ends the lines that have no end, before the answer is sent. */
    void end() {
        ended = true;
        for (int stream = 0; stream < rests.length; stream++) {
            synchronized (rests[stream]) {
                if (rests[stream].size() > 0) speaker.say(entry(stream, rests[stream]));
            }
        }
    }

    private byte[][] entry(int stream, ByteArrayOutputStream line) {
        byte[][] frame = log(stream, PRINTED, line.toByteArray());
        line.reset();
        return frame;
    }

    private byte[][] log(int stream, int origin, byte[] text) {
        return new Frame(Frame.LOG).u8(stream).u8(origin).bytes(text).encode(id);
    }
}
