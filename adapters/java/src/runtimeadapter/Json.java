package runtimeadapter;

import java.lang.reflect.Array;
import java.util.Map;

/** Writes values as JSON, compactly (contract F3, F4). */
final class Json {
    /** So that the stack of a refusal still reaches down to the function. */
    private static final int DEEPEST = 400;

    private final StringBuilder text = new StringBuilder();

    private Json() {}

    static String write(Object value) {
        Json json = new Json();
        json.value(value, 0);
        return json.text.toString();
    }

    private void value(Object value, int depth) {
        if (depth > DEEPEST) throw refused("a value that is nested deeper than " + DEEPEST + ", or holds itself");
        if (value == null || value instanceof Boolean) text.append(value);
        else if (value instanceof CharSequence || value instanceof Character) string(value.toString());
        else if (value instanceof Number) number((Number) value);
        else if (value instanceof Map) object((Map<?, ?>) value, depth);
        else if (value instanceof Iterable) list((Iterable<?>) value, depth);
        else if (value.getClass().isArray() && !(value instanceof byte[])) array(value, depth);
        else throw refused(value.getClass().getTypeName());
    }

    private void number(Number value) {
        double number = value.doubleValue();
        boolean floating = value instanceof Double || value instanceof Float;
        if (floating && (Double.isNaN(number) || Double.isInfinite(number))) throw refused(value.toString());
        text.append(value);
    }

    private void object(Map<?, ?> map, int depth) {
        char separator = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(separator);
            string(String.valueOf(entry.getKey()));
            text.append(':');
            value(entry.getValue(), depth + 1);
            separator = ',';
        }
        text.append(separator == '{' ? "{}" : "}");
    }

    private void list(Iterable<?> values, int depth) {
        char separator = '[';
        for (Object each : values) {
            text.append(separator);
            value(each, depth + 1);
            separator = ',';
        }
        text.append(separator == '[' ? "[]" : "]");
    }

    private void array(Object values, int depth) {
        text.append('[');
        for (int at = 0; at < Array.getLength(values); at++) {
            if (at > 0) text.append(',');
            value(Array.get(values, at), depth + 1);
        }
        text.append(']');
    }

    private void string(String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char each = value.charAt(at);
            switch (each) {
                case '"': text.append("\\\""); break;
                case '\\': text.append("\\\\"); break;
                case '\n': text.append("\\n"); break;
                case '\r': text.append("\\r"); break;
                case '\t': text.append("\\t"); break;
                default:
                    if (each >= ' ') text.append(each);
                    else text.append(each < 16 ? "\\u000" : "\\u00").append(Integer.toHexString(each));
            }
        }
        text.append('"');
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("JSON cannot hold " + what);
    }
}
