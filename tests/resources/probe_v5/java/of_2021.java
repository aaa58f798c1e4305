import java.util.Map;

public class of_2021 {
    public Response main(Request req, Response res) {
        return res.json(Map.of("payload", req.payload));
    }
}
