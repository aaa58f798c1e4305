package runtimeadapter;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** Calls Kotlin's suspend functions, with the Kotlin library that the function itself brings along. */
final class Suspended {
    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private Suspended() {}

    /** Whether a method's last parameter makes it a suspend function. */
    static boolean isContinuation(Class<?> parameter) {
        return parameter.getName().equals(CONTINUATION);
    }

    /** Calls the function and waits for its end; the request's thread has nothing else to do. */
    static Object call(Method main, Object self, Object request, Object response) throws Throwable {
        Class<?> continuation = main.getParameterTypes()[2];
        ClassLoader loader = continuation.getClassLoader();
        Object context = loader.loadClass("kotlin.coroutines.EmptyCoroutineContext").getField("INSTANCE").get(null);
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
        Object caller = Proxy.newProxyInstance(loader, new Class<?>[] {continuation}, handler);
        Object result = main.invoke(self, request, response, caller);
        Class<?> intrinsics = loader.loadClass("kotlin.coroutines.intrinsics.IntrinsicsKt");
        Method suspended = intrinsics.getMethod("getCOROUTINE_SUSPENDED");
        suspended.setAccessible(true); // it is inherited from a class that is not public
        if (result == suspended.invoke(null)) {
            result = end.get();
            loader.loadClass("kotlin.ResultKt").getMethod("throwOnFailure", Object.class).invoke(null, result);
        }
        return result;
    }
}
