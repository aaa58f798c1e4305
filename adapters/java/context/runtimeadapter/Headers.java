package runtimeadapter;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The headers that functions give their answers. */
public final class Headers {
    private Headers() {}

    /** The texts of a header's value: none of null, several of an Iterable or an array. */
    public static List<String> values(Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof Iterable) {
            for (Object each : (Iterable<?>) value) texts.add(String.valueOf(each));
        } else if (value != null && value.getClass().isArray()) {
            for (int at = 0; at < Array.getLength(value); at++) texts.add(String.valueOf(Array.get(value, at)));
        } else if (value != null) {
            texts.add(value.toString());
        }
        return texts;
    }

    /** The headers with one more, which takes the place of those of its name. The function's map stays as it is. */
    public static Map<String, Object> with(Map<String, ?> headers, String name, String value) {
        Map<String, Object> more = new LinkedHashMap<>(headers);
        more.keySet().removeIf(name::equalsIgnoreCase);
        more.put(name, value);
        return more;
    }
}
