package runtimeadapter;

import java.util.Map;

/** What an entry says of the values that it is made of (docs/protocol-v5.md, V14). */
final class Entries {
    private Entries() {}

    /** The values as one text, with a blank between two. */
    static String text(Object[] values) {
        if (values == null) return "null"; // log(null)
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < values.length; at++) {
            if (at > 0) text.append(' ');
            text.append(text(values[at]));
        }
        return text.toString();
    }

    /** Logging never fails a request (V17), whatever the value throws that is looked at. */
    private static String text(Object value) {
        try {
            if (value instanceof Throwable) return Failure.describe((Throwable) value);
            boolean structured =
                value instanceof Map || value instanceof Iterable || value != null && value.getClass().isArray();
            return structured ? json(value) : String.valueOf(value);
        } catch (Throwable refused) {
            return "(a " + value.getClass().getName() + " that throws when it is looked at)";
        }
    }

    /** Not everything fits JSON: what holds itself, or classes of Java's own that Gson cannot look into. */
    private static String json(Object value) {
        try {
            return JsonText.write(value);
        } catch (RuntimeException | StackOverflowError unfit) {
            return value.toString();
        }
    }
}
