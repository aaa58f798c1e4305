package runtimeadapter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A frame on its way to the gateway (docs/worker-protocol.md), made piece by piece. */
final class Frame {
    static final int REQUEST = 0x01;
    static final int PING = 0x02;
    static final int CALL = 0x04;
    static final int READY = 0x11;
    static final int FAILED = 0x12;
    static final int STARTED = 0x13;
    static final int ANSWER = 0x14;
    static final int ERROR = 0x15;
    static final int PONG = 0x16;
    static final int SILENT = 0x17;
    static final int LOG = 0x18;
    static final int RESULT = 0x19;

    private static final byte[][] NOTHING = {};
    private static final int ID_AT = 5;

    /** Size, kind, id and the body's short fields. */
    private final ByteBuffer head = ByteBuffer.allocate(32);
    private byte[][] rest = NOTHING;

    Frame(int kind) {
        head.putInt(0).put((byte) kind).putInt(0);
    }

    /** FAILED or ERROR with a code and a message. */
    static Frame failure(int kind, int code, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        return new Frame(kind).u16(code).i32(text.length).bytes(text);
    }

    Frame u8(int value) {
        head.put((byte) value);
        return this;
    }

    Frame u16(int value) {
        head.putShort((short) value);
        return this;
    }

    Frame i32(int value) {
        head.putInt(value);
        return this;
    }

    /** The frame's last bytes. */
    Frame bytes(byte[]... last) {
        rest = last;
        return this;
    }

    /** The frame's bytes, for the request of this number. */
    byte[][] encode(int id) {
        int size = head.position();
        byte[][] parts = new byte[1 + rest.length][];
        parts[0] = new byte[size];
        System.arraycopy(head.array(), 0, parts[0], 0, size);
        System.arraycopy(rest, 0, parts, 1, rest.length);
        for (byte[] part : rest) size += part.length;
        ByteBuffer.wrap(parts[0]).putInt(0, size - 4).putInt(ID_AT, id);
        return parts;
    }
}
