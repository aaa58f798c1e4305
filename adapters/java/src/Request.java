import java.util.Map;

/** What a function is called with (contract F2); every request has maps of its own. */
public class Request {
    public Map<String, String> env;
    /** The name of env in functions of 2022: the same map. */
    public Map<String, String> variables;
    public Map<String, String> headers;
    public String payload;

    public Request(Map<String, String> env, Map<String, String> headers, String payload) {
        this.env = env;
        variables = env;
        this.headers = headers;
        this.payload = payload;
    }
}
