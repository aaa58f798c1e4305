import runtimeadapter.Answer;

/** How functions answer that are written as in 2022 (contract F8). */
public class RuntimeResponse extends Answer {
    public RuntimeResponse send(String data) {
        return send(data, 200);
    }

    public RuntimeResponse send(String data, int statusCode) {
        keepText(data, statusCode);
        return this;
    }

    public RuntimeResponse json(Object data) {
        return json(data, 200);
    }

    public RuntimeResponse json(Object data, int statusCode) {
        keepJson(data, statusCode);
        return this;
    }
}
