package runtimeadapter;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The user's function, loaded from what build.sh has made of its file, with its own dependencies (contract L4). */
final class Function {
    /** The name of the class loader of the function and its dependencies. */
    static final String NAME = "function";
    /** The function's folder, in which the gateway starts the worker. */
    static final Path FOLDER = Path.of("").toAbsolutePath();

    /** The folder of the function's file, set when it is loaded. */
    static Path sources = FOLDER;

    /** What the language itself brings: Kotlin's own library. */
    private static final Path LANGUAGE_LIBRARIES = Path.of("/usr/local/lib/kotlin/library");

    private final Method main;
    private final Suspended suspended; // null where main is no suspend function
    private final Constructor<?> receiver; // null where main is static
    private final Constructor<?> newRequest;
    private final Constructor<?> newResponse;

    private Function(Method main) throws ReflectiveOperationException {
        boolean bound = !Modifier.isStatic(main.getModifiers());
        this.main = main;
        suspended = main.getParameterCount() == 3 ? new Suspended(main) : null;
        receiver = bound ? main.getDeclaringClass().getDeclaredConstructor() : null;
        newRequest = Class.forName("Request").getConstructor(Map.class, Map.class, String.class);
        newResponse = Class.forName("Response").getConstructor();
        main.setAccessible(true);
        if (bound) receiver.setAccessible(true);
    }

    /** Loads the function of a file; null if it holds none of the contract's shape (contract E1). */
    static Function load(Path file) throws Throwable {
        Path source = file.toRealPath();
        Path classes = FOLDER.resolve(".classes").resolve(FOLDER.relativize(source));
        Path refusal = classes.resolve("refusal");
        if (Files.exists(refusal)) throw new SyntaxError(source, Files.readString(refusal));
        String name = source.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        sources = source.getParent();
        ClassLoader loader = loader(classes);
        Thread.currentThread().setContextClassLoader(loader); // inherited by the threads of requests
        for (String candidate : List.of(stem, Character.toUpperCase(stem.charAt(0)) + stem.substring(1) + "Kt")) {
            if (!Files.exists(classes.resolve(candidate + ".class"))) continue;
            try {
                for (Method method : Class.forName(candidate, true, loader).getMethods()) {
                    if (isFunction(method)) return new Function(method);
                }
            } catch (ExceptionInInitializerError error) {
                throw error.getCause() == null ? error : error.getCause();
            }
        }
        return null;
    }

    private static boolean isFunction(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        if (!method.getName().equals("main") || parameters.length < 2) return false;
        if (!parameters[0].getName().equals("Request") || !parameters[1].getName().equals("Response")) return false;
        if (parameters.length > 2) return parameters.length == 3 && Suspended.isContinuation(parameters[2]);
        Class<?> result = method.getReturnType();
        return Answer.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result);
    }

    private static ClassLoader loader(Path classes) throws IOException {
        List<URL> path = new ArrayList<>(List.of(classes.toUri().toURL(), sources.toUri().toURL()));
        for (Path libraries : List.of(FOLDER.resolve(".packages"), LANGUAGE_LIBRARIES)) {
            if (!Files.isDirectory(libraries)) continue;
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(libraries, "*.jar")) {
                for (Path jar : jars) path.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader(NAME, path.toArray(new URL[0]), Function.class.getClassLoader());
    }

    /** Calls the function, with an object of its own where main is no static method. */
    Answer call(Map<String, String> env, Map<String, String> headers, String payload) throws Throwable {
        Object request = newRequest.newInstance(env, headers, payload);
        Object response = newResponse.newInstance();
        try {
            Object self = receiver == null ? null : receiver.newInstance();
            if (suspended != null) return (Answer) suspended.call(self, request, response);
            Object result = main.invoke(self, request, response);
            return (Answer) (result instanceof CompletionStage ? await((CompletionStage<?>) result) : result);
        } catch (InvocationTargetException | CompletionException error) {
            throw error.getCause() == null ? error : error.getCause();
        }
    }

    /** Waits for a promise. A failure is taken as it is: to wrap it would ask for its text, which may fail in turn. */
    private static Object await(CompletionStage<?> promise) throws Throwable {
        CompletableFuture<Object[]> end = new CompletableFuture<>();
        promise.handle((value, error) -> end.complete(new Object[] {value, error})); // whenComplete would wrap it
        Object[] kept = end.get();
        if (kept[1] != null) throw (Throwable) kept[1];
        return kept[0];
    }
}
