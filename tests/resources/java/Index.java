import java.util.Map;

public class Index {
    public Response main(Request req, Response res) {
        return res.json(Map.of("normal", "Hello World!", "env1", req.env.get("ENV1"), "payload", req.payload));
    }
}
