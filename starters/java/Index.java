import java.util.Map;
import java.util.regex.Pattern;

public class Index {
    // Java itself reads no JSON. To read more than this, add com.google.code.gson:gson to pom.xml.
    private static final Pattern GIVEN = Pattern.compile("\\s*\\{\\s*(\"name\"\\s*:\\s*\"([^\"\\\\]*)\"\\s*)?}\\s*");

    public Response main(Request req, Response res) {
        var given = GIVEN.matcher(req.payload.isEmpty() ? "{}" : req.payload);
        if (!given.matches()) {
            return res.json(Map.of("error", "send a JSON object, such as {\"name\": \"you\"}"), 400);
        }
        String greeting = req.env.getOrDefault("GREETING", "Hello");
        String name = given.group(2) == null ? "World" : given.group(2);
        String client = req.headers.getOrDefault("user-agent", "unknown");
        return res.json(Map.of("message", greeting + ", " + name + "!", "client", client));
    }
}
