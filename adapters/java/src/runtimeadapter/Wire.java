package runtimeadapter;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The connection to the gateway. A thread of its own writes how requests end: a channel closes when a thread that is
 * interrupted writes to it, and a function's thread may have been interrupted.
 */
final class Wire implements Runnable {
    // Buffers outside the heap, or the channel would make one as large as each frame.
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);
    private final BlockingQueue<byte[][]> ends = new LinkedBlockingQueue<>();
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

    /** Writes a frame now. Not for a thread on which a function has run. */
    synchronized void write(byte[][] frame) throws IOException {
        put(frame);
        flush();
    }

    /** Has a frame written soon. */
    void end(byte[][] frame) {
        ends.add(frame);
    }

    /** Writes how requests end, several with one write where they wait. */
    @Override
    public void run() {
        try {
            while (true) writeEnds(ends.take());
        } catch (IOException | InterruptedException gone) {
            Runtime.getRuntime().halt(0); // the gateway has closed the connection
        }
    }

    private synchronized void writeEnds(byte[][] first) throws IOException {
        for (byte[][] frame = first; frame != null; frame = ends.poll()) put(frame);
        flush();
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
