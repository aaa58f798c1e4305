import java.util.Map;

/** What a function is called with, for editors and tests. The runtime has a class of its own with this name. */
public class Request {
    public Map<String, String> env;
    public Map<String, String> headers;
    public String payload;

    public Request(Map<String, String> env, Map<String, String> headers, String payload) {
        this.env = env;
        this.headers = headers;
        this.payload = payload;
    }
}
