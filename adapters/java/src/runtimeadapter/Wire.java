package runtimeadapter;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/** The connection to the gateway. It closes when a thread that is interrupted writes to it: RequestThread sees to that. */
final class Wire {
    // Buffers outside the heap, or the channel would make one as large as each frame.
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);
    private final Queue<byte[][]> ends = new ConcurrentLinkedQueue<>();
    /** Held while writing. */
    private final ReentrantLock turn = new ReentrantLock();
    private final SocketChannel channel;

    Wire(String path) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    /** The next integer. */
    int readInt() throws IOException {
        while (in.remaining() < 4) fill();
        return in.getInt();
    }

    /** The next bytes. */
    byte[] read(int size) throws IOException {
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; ) {
            if (!in.hasRemaining()) fill();
            int some = Math.min(size - at, in.remaining());
            in.get(bytes, at, some);
            at += some;
        }
        return bytes;
    }

    private void fill() throws IOException {
        in.compact();
        if (channel.read(in) < 0) throw new EOFException();
        in.flip();
    }

    /** How many whole frames have arrived, but were not read. */
    int waiting() {
        int count = 0;
        for (int at = in.position(); in.limit() - at >= 4; count++) {
            int size = 4 + in.getInt(at);
            if (size > in.limit() - at) break;
            at += size;
        }
        return count;
    }

    /** Writes frames now. */
    void write(byte[][]... frames) throws IOException {
        turn.lock();
        try {
            for (byte[][] frame : frames) put(frame);
            flush();
        } finally {
            turn.unlock();
        }
        writeEnds();
    }

    /** Writes how requests end; if another thread is writing, that one does it, several with one write. */
    void end(List<byte[][]> frames) throws IOException {
        ends.addAll(frames);
        writeEnds();
    }

    private void writeEnds() throws IOException {
        while (!ends.isEmpty() && turn.tryLock()) {
            try {
                for (byte[][] frame; (frame = ends.poll()) != null; ) put(frame);
                flush();
            } finally {
                turn.unlock();
            }
        }
    }

    private void put(byte[][] frame) throws IOException {
        for (byte[] part : frame) {
            for (int at = 0; at < part.length; ) {
                if (!out.hasRemaining()) flush();
                int some = Math.min(part.length - at, out.remaining());
                out.put(part, at, some);
                at += some;
            }
        }
    }

    private void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) channel.write(out);
        out.clear();
    }
}
