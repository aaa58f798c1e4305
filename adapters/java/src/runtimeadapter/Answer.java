package runtimeadapter;

import java.nio.charset.StandardCharsets;

/** What a {@code Response} holds; exchanged as a whole, so that a late thread cannot spoil an answer on its way. */
public abstract class Answer {
    private static final int TEXT = 0;
    private static final int JSON = 1;

    private volatile Frame content;

    /** Remembers an answer; the last one before the function's end wins (contract F4). */
    protected final void keepText(String text, int status) {
        if (text == null) throw new IllegalArgumentException("res.send takes text, not null");
        content = frame(text, status, TEXT, "res.send takes text");
    }

    protected final void keepJson(Object value, int status) {
        content = frame(Json.write(value), status, JSON, "JSON can hold only text");
    }

    private static Frame frame(String text, int status, int type, String rule) {
        for (int at = 0; at < text.length(); at++) {
            if (!Character.isSurrogate(text.charAt(at))) continue;
            if (!Character.isSupplementaryCodePoint(text.codePointAt(at))) {
                throw new IllegalArgumentException(rule + ", and this has half a surrogate pair at " + at);
            }
            at++;
        }
        return new Frame(Frame.ANSWER).i32(status).u8(type).bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The frame for a function that has returned this, or null. */
    static Frame end(Answer returned) {
        Frame content = returned == null ? null : returned.content;
        return content == null ? new Frame(Frame.SILENT) : content;
    }
}
