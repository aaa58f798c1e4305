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
        return List.of();
    }

    @Override
    boolean fits(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length < 2) return false;
        if (!parameters[0].getName().equals("Request") || !parameters[1].getName().equals("Response")) return false;
        if (parameters.length > 2) return parameters.length == 3 && Suspended.isContinuation(parameters[2]);
        Class<?> result = method.getReturnType();
        return Answer.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result);
    }

    @Override
    void bind(Method main) throws ReflectiveOperationException {
        newRequest = Class.forName("Request").getConstructor(Map.class, Map.class, String.class);
        newResponse = Class.forName("Response").getConstructor();
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
