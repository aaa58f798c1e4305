package runtimeadapter;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.JsonSyntaxException;
import com.google.gson.Strictness;
import com.google.gson.reflect.TypeToken;
import java.util.Locale;
import java.util.Map;

/** JSON of functions that take a context. Numbers are read as Double, as functions for this protocol expect them. */
public final class JsonText {
    private static final Gson GSON =
        new GsonBuilder().serializeNulls().disableHtmlEscaping().setStrictness(Strictness.STRICT).create();
    private static final TypeToken<Map<String, Object>> OBJECT = new TypeToken<>() {};
    private static final TypeToken<Object> ANY = new TypeToken<>() {};

    private JsonText() {}

    /** Whether a Content-Type, or null, says JSON. */
    public static boolean isType(String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("application/json");
    }

    /** Compact JSON of a value. */
    public static String write(Object value) {
        return GSON.toJson(value);
    }

    /** A text's value: Map, List, String, Double, Boolean or null. */
    public static Object value(String text) {
        return read(text, ANY);
    }

    /** A text's object. */
    public static Map<String, Object> object(String text) {
        Map<String, Object> object = read(text, OBJECT);
        if (object == null) throw new JsonSyntaxException("the body is no JSON object, but null");
        return object;
    }

    private static <T> T read(String text, TypeToken<T> type) {
        if (text.isEmpty()) throw new JsonSyntaxException("the body is no JSON: it is empty");
        try {
            return GSON.fromJson(text, type);
        } catch (JsonParseException broken) {
            throw new JsonSyntaxException("the body is no JSON that can be used here: " + broken.getMessage(), broken);
        }
    }
}
