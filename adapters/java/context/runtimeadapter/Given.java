package runtimeadapter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a CALL (docs/worker-protocol.md), for {@link Contexts}. */
public final class Given {
    private static final int LOGGING = 1;

    public final boolean logging;
    public final String method;
    public final String scheme;
    public final String host;
    public final int port;
    public final String path;
    public final String queryString;
    public final String url;
    public final Map<String, String> query;
    public final Map<String, String> headers;
    public final byte[] body;

    Given(ByteBuffer frame) {
        logging = (frame.get() & LOGGING) != 0;
        method = text(frame);
        scheme = text(frame);
        host = text(frame);
        port = frame.getShort() & 0xffff;
        path = text(frame);
        queryString = text(frame);
        url = text(frame);
        query = map(frame);
        headers = map(frame);
        body = new byte[frame.remaining()];
        frame.get(body);
    }

    private static Map<String, String> map(ByteBuffer frame) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int count = frame.getInt(); count > 0; count--) {
            String name = text(frame);
            map.put(name, text(frame));
        }
        return map;
    }

    private static String text(ByteBuffer frame) {
        int size = frame.getInt();
        String text = new String(frame.array(), frame.position(), size, StandardCharsets.UTF_8);
        frame.position(frame.position() + size);
        return text;
    }
}
