import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The probe once more, as a function that returns a promise. */
public class other_form {
    public static CompletionStage<Response> main(Request req, Response res) {
        CompletableFuture<Response> promise = new CompletableFuture<>();
        new Thread(() -> {
            try {
                promise.complete(new Index().main(req, res));
            } catch (Throwable error) {
                promise.completeExceptionally(error);
            }
        }).start();
        return promise;
    }
}
