import com.google.gson.Gson;
import java.util.HashMap;
import java.util.Map;

// What GREETING says to whom the payload names. The class around it is the build's.
final Gson gson = new Gson();

public RuntimeResponse main(RuntimeRequest req, RuntimeResponse res) throws Exception {
    String payload = req.getPayload() == null || req.getPayload().isEmpty() ? "{}" : req.getPayload();
    Map<String, Object> given = gson.fromJson(payload, Map.class);
    Map<String, Object> answer = new HashMap<>();
    String greeting = req.getVariables().getOrDefault("GREETING", "Hello");
    answer.put("message", greeting + ", " + given.getOrDefault("name", "World") + "!");
    answer.put("client", req.getHeaders().get("user-agent"));
    System.out.println("greeting");
    return res.json(answer, 200);
}
