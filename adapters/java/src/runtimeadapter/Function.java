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

    private final Shape shape;
    private final Method main;
    private final boolean suspends; // main is a suspend function of Kotlin
    private final Constructor<?> receiver; // null where main is static

    private Function(Method main, Shape shape) throws ReflectiveOperationException {
        boolean bound = !Modifier.isStatic(main.getModifiers());
        this.shape = shape;
        this.main = main;
        suspends = Suspended.isContinuation(main.getParameterTypes()[main.getParameterCount() - 1]);
        receiver = bound ? main.getDeclaringClass().getDeclaredConstructor() : null;
        shape.bind(main);
        main.setAccessible(true);
        if (bound) receiver.setAccessible(true);
    }

    /** Loads the function of a file; null if it holds none of the shape (contract E1). */
    static Function load(Path file, Shape shape) throws Throwable {
        Path source = file.toRealPath();
        // Somebody has unpacked the function elsewhere, and its files are links (docs/protocol-v5.md, B4).
        if (!source.startsWith(FOLDER)) source = file.toAbsolutePath().normalize();
        Path inFolder = FOLDER.relativize(source);
        Path classes = FOLDER.resolve(".classes").resolve(inFolder);
        Path refusal = classes.resolve("refusal");
        if (Files.exists(refusal)) throw new SyntaxError(source, Files.readString(refusal));
        String name = source.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.'));
        sources = source.getParent();
        ClassLoader loader = loader(classes, shape);
        Thread.currentThread().setContextClassLoader(loader); // inherited by the threads of requests
        for (String within : shape.packages(inFolder)) {
            for (String simple : List.of(stem, Character.toUpperCase(stem.charAt(0)) + stem.substring(1) + "Kt")) {
                String candidate = within + simple;
                if (!Files.exists(classes.resolve(candidate.replace('.', '/') + ".class"))) continue;
                Method main = main(initialized(candidate, loader), shape);
                if (main != null) return new Function(main, shape);
            }
        }
        return null;
    }

    private static Class<?> initialized(String name, ClassLoader loader) throws Throwable {
        try {
            return Class.forName(name, true, loader);
        } catch (ExceptionInInitializerError error) {
            throw error.getCause() == null ? error : error.getCause();
        }
    }

    private static Method main(Class<?> type, Shape shape) {
        for (Method method : type.getMethods()) {
            if (method.getName().equals("main") && shape.fits(method)) return method;
        }
        return null;
    }

    private static ClassLoader loader(Path classes, Shape shape) throws IOException {
        List<URL> path = new ArrayList<>(List.of(classes.toUri().toURL(), sources.toUri().toURL()));
        List<Path> folders = new ArrayList<>(List.of(FOLDER.resolve(".packages"), LANGUAGE_LIBRARIES));
        folders.addAll(shape.libraries());
        for (Path libraries : folders) {
            if (!Files.isDirectory(libraries)) continue;
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(libraries, "*.jar")) {
                for (Path jar : jars) path.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader(NAME, path.toArray(new URL[0]), Function.class.getClassLoader());
    }

    /** Calls the function, with an object of its own where main is no static method. */
    Object call(Object... arguments) throws Throwable {
        try {
            Object self = receiver == null ? null : receiver.newInstance();
            if (suspends) return shape.suspended(main, self, arguments);
            Object result = main.invoke(self, arguments);
            return result instanceof CompletionStage ? await((CompletionStage<?>) result) : result;
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
