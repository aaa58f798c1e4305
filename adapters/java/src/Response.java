import runtimeadapter.Answer;

/** How a function answers: it returns what {@code send} or {@code json} return (contract F3, F4). */
public final class Response extends Answer {
    /** Answers with text, as UTF-8. */
    public Response send(String text) {
        return send(text, 200);
    }

    /** Answers with text and a status. */
    public Response send(String text, int status) {
        keepText(text, status);
        return this;
    }

    /** Answers with a Map, Iterable, array, String, Number, Boolean or null as JSON. */
    public Response json(Object value) {
        return json(value, 200);
    }

    /** Answers with a value as JSON and a status. */
    public Response json(Object value, int status) {
        keepJson(value, status);
        return this;
    }
}
