package runtimeadapter;

import io.openruntimes.java.RuntimeContext;
import io.openruntimes.java.RuntimeLogger;
import io.openruntimes.java.RuntimeOutput;
import io.openruntimes.java.RuntimeRequest;
import io.openruntimes.java.RuntimeResponse;
import java.lang.reflect.Method;

/** The contexts of functions that are written in Java. */
final class JavaContexts implements Contexts {
    private final RuntimeResponse response = new RuntimeResponse(); // it keeps nothing

    @Override
    public Object context(Given given, Log log) {
        RuntimeRequest request = new RuntimeRequest(
            given.method, given.scheme, given.host, given.port, given.path, given.query, given.queryString,
            given.headers, given.body, given.url);
        return new RuntimeContext(
            request, response, (messages, type) -> log.write(messages, RuntimeLogger.TYPE_ERROR.equals(type)));
    }

    @Override
    public Output output(Object returned) {
        RuntimeOutput output = (RuntimeOutput) returned;
        return new Output(output.getBody(), output.getStatusCode(), output.getRawHeaders());
    }

    @Override
    public Object suspended(Method main, Object self, Object context) {
        throw new IllegalStateException("Java has no suspend functions");
    }
}
