package runtimeadapter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A thread's frames that are to be written together. */
final class Held {
    /** What may wait to be written with another frame, in bytes. */
    private static final int SMALL = 16 << 10;

    private final Wire wire;
    private final List<byte[][]> frames = new ArrayList<>();

    Held(Wire wire) {
        this.wire = wire;
    }

    /** Adds the answer of a request that has ended. A large one does not wait. */
    void answer(byte[][] frame) throws IOException {
        frames.add(frame);
        int size = 0;
        for (byte[] part : frame) size += part.length;
        if (size > SMALL) release();
    }

    /** Writes them, or has a thread do it that is writing now. */
    void release() throws IOException {
        if (frames.isEmpty()) return;
        wire.end(frames);
        frames.clear();
    }

    /** Writes them and one more. They have left the process when it returns. */
    void releaseWith(byte[][] frame) throws IOException {
        frames.add(frame);
        wire.write(frames.toArray(new byte[0][][]));
        frames.clear();
    }
}
