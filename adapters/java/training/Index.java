import java.util.HashMap;
import java.util.Map;

/** What a worker is trained with: a function that does what most do. */
public class Index {
    public Response main(Request req, Response res) {
        if (req.payload.isEmpty()) throw new IllegalStateException("nothing to answer");
        Map<String, Object> answer = new HashMap<>(req.env);
        answer.put("payload", req.payload);
        return res.json(answer);
    }
}
