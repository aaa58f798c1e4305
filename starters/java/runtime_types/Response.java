/** How a function answers, for editors and tests. The runtime has a class of its own with this name. */
public final class Response {
    Object value;
    int status;

    /** Answers with text. */
    public Response send(String text) {
        return send(text, 200);
    }

    /** Answers with text and a status. */
    public Response send(String text, int status) {
        return json(text, status);
    }

    /** Answers with a Map, Iterable, array, String, Number, Boolean or null as JSON. */
    public Response json(Object value) {
        return json(value, 200);
    }

    /** Answers with a value as JSON and a status. */
    public Response json(Object value, int status) {
        this.value = value;
        this.status = status;
        return this;
    }
}
