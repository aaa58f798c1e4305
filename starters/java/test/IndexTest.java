import java.util.List;
import java.util.Map;

class IndexTest {
    static Response call(String payload, Map<String, String> env) {
        var request = new Request(env, Map.of("user-agent", "test"), payload);
        return new Index().main(request, new Response());
    }

    static void same(Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + ", got " + actual);
        }
    }

    public static void main(String[] arguments) {
        // It greets whoever is named.
        Response answer = call("{\"name\": \"you\"}", Map.of("GREETING", "Good day"));
        same(Map.of("message", "Good day, you!", "client", "test"), answer.value);
        same(200, answer.status);

        // It refuses what is no object.
        for (String payload : List.of("no JSON", "[1]")) {
            same(400, call(payload, Map.of()).status);
        }
        System.out.println("ok");
    }
}
