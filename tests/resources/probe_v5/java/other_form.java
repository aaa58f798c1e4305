import io.openruntimes.java.Index;
import io.openruntimes.java.RuntimeContext;
import io.openruntimes.java.RuntimeOutput;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The probe as a static function in no package, in threads of its own, which returns a promise. */
public class other_form {
    public static CompletionStage<RuntimeOutput> main(RuntimeContext context) {
        CompletableFuture<RuntimeOutput> end = new CompletableFuture<>();
        new Thread(() -> {
            try {
                end.complete(new Index().main(context));
            } catch (Throwable error) {
                end.completeExceptionally(error);
            }
        }).start();
        return end;
    }
}
