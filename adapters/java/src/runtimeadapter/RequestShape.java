package runtimeadapter;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Functions that take a request and a response (docs/contract.md). */
final class RequestShape extends Shape {
    /** The types of functions that are written as in 2022, and Gson, which these expect. */
    private static final Path OF_2022 = Path.of("/usr/local/src/library");
    /** Where the types are: in no package, but for functions of 2022 that import them. */
    private static final List<String> PREFIXES =
        List.of("", "Runtime", "io.openruntimes.java.Runtime", "io.openruntimes.kotlin.Runtime");

    private Constructor<?> newRequest;
    private Constructor<?> newResponse;
    private Suspended suspended; // null where main is no suspend function

    @Override
    int called() {
        return Frame.REQUEST;
    }

    @Override
    Frame ready(Frame frame) {
        return frame;
    }

    @Override
    String wanted() {
        return " holds no function main(Request, Response) that returns a Response";
    }

    @Override
    List<String> packages(Path inFolder) {
        return List.of("");
    }

    @Override
    List<Path> libraries() {
        return List.of(OF_2022);
    }

    @Override
    boolean fits(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length < 2) return false;
        String request = parameters[0].getName();
        String prefix = request.endsWith("Request") ? request.substring(0, request.length() - "Request".length()) : null;
        if (!PREFIXES.contains(prefix) || !parameters[1].getName().equals(prefix + "Response")) return false;
        if (parameters.length > 2) return parameters.length == 3 && Suspended.isContinuation(parameters[2]);
        Class<?> result = method.getReturnType();
        return Answer.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result);
    }

    @Override
    void bind(Method main) throws ReflectiveOperationException {
        newRequest = main.getParameterTypes()[0].getConstructor(Map.class, Map.class, String.class);
        newResponse = main.getParameterTypes()[1].getConstructor();
        if (main.getParameterCount() == 3) suspended = new Suspended(main);
    }

    @Override
    Frame call(Function function, int id, ByteBuffer body) throws Throwable {
        Object request = newRequest.newInstance(map(body), map(body), text(body));
        return Answer.end((Answer) function.call(request, newResponse.newInstance()));
    }

    @Override
    Object suspended(Method main, Object self, Object... arguments) throws Throwable {
        return suspended.call(self, arguments[0], arguments[1]);
    }

    private static Map<String, String> map(ByteBuffer body) {
        Map<String, String> map = new HashMap<>();
        for (int count = body.getInt(); count > 0; count--) {
            String name = text(body);
            map.put(name, text(body));
        }
        return map;
    }

    private static String text(ByteBuffer body) {
        int size = body.getInt();
        String text = new String(body.array(), body.position(), size, StandardCharsets.UTF_8);
        body.position(body.position() + size);
        return text;
    }
}
