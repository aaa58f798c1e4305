import java.util.Map;

/** What functions are called with that are written as in 2022 (contract F8). */
public class RuntimeRequest {
    private Map<String, String> variables;
    private Map<String, String> headers;
    private String payload;

    public RuntimeRequest(Map<String, String> variables, Map<String, String> headers, String payload) {
        this.variables = variables;
        this.headers = headers;
        this.payload = payload;
    }

    public Map<String, String> getVariables() {
        return variables;
    }

    public void setVariables(Map<String, String> variables) {
        this.variables = variables;
    }

    /** The older name of getVariables. */
    public Map<String, String> getEnv() {
        return variables;
    }

    public void setEnv(Map<String, String> env) {
        variables = env;
    }

    public Map<String, String> getHeaders() {
        return headers;
    }

    public void setHeaders(Map<String, String> headers) {
        this.headers = headers;
    }

    public String getPayload() {
        return payload;
    }

    public void setPayload(String payload) {
        this.payload = payload;
    }
}
