package runtimeadapter;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** Calls Kotlin's suspend functions, with the Kotlin library that the function itself brings along. */
final class Suspended {
    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private final Method main;
    private final Class<?> continuation;
    private final Object context;
    /** What a function returns that will go on later. */
    private final Object suspended;
    private final Method throwOnFailure;

    Suspended(Method main) throws ReflectiveOperationException {
        this.main = main;
        continuation = main.getParameterTypes()[2];
        ClassLoader loader = continuation.getClassLoader();
        context = loader.loadClass("kotlin.coroutines.EmptyCoroutineContext").getField("INSTANCE").get(null);
        Class<?> intrinsics = loader.loadClass("kotlin.coroutines.intrinsics.IntrinsicsKt");
        Method mark = intrinsics.getMethod("getCOROUTINE_SUSPENDED");
        mark.setAccessible(true); // it is inherited from a class that is not public
        suspended = mark.invoke(null);
        throwOnFailure = loader.loadClass("kotlin.ResultKt").getMethod("throwOnFailure", Object.class);
    }

    /** Whether a method's last parameter makes it a suspend function. */
    static boolean isContinuation(Class<?> parameter) {
        return parameter.getName().equals(CONTINUATION);
    }

    /** Calls the function and waits for its end; the request's thread has nothing else to do. */
    Object call(Object self, Object request, Object response) throws Throwable {
        CompletableFuture<Object> end = new CompletableFuture<>();
        InvocationHandler handler = (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "getContext": return context;
                case "resumeWith":
                    end.complete(arguments[0]);
                    return null;
                case "equals": return proxy == arguments[0];
                case "hashCode": return System.identityHashCode(proxy);
                default: return "the end of a request";
            }
        };
        Object caller = Proxy.newProxyInstance(continuation.getClassLoader(), new Class<?>[] {continuation}, handler);
        Object result = main.invoke(self, request, response, caller);
        if (result == suspended) {
            result = end.get();
            throwOnFailure.invoke(null, result);
        }
        return result;
    }
}
