package runtimeadapter;

import java.io.File;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Functions that take a context (docs/protocol-v5.md). */
final class ContextShape extends Shape {
    private static final List<String> PACKAGES = List.of("io.openruntimes.java.", "io.openruntimes.kotlin.");
    private static final Path KOTLIN = Path.of("/usr/local/lib/kotlin/context");
    private static final int TAKES_A_CONTEXT = 2;

    private final Speaker speaker;
    private Contexts contexts;

    ContextShape(Wire wire) {
        speaker = new Speaker(wire);
        Prints.prepare();
    }

    @Override
    int called() {
        return Frame.CALL;
    }

    @Override
    Frame ready(Frame frame) {
        return frame.u8(TAKES_A_CONTEXT);
    }

    @Override
    String wanted() {
        return " holds no function main(RuntimeContext) that returns a RuntimeOutput. Did you forget to export a 'main' function?";
    }

    /** A file's class is in the languages' own package, or in one below it of the file's folder, or in none. */
    @Override
    List<String> packages(Path inFolder) {
        List<String> names = new ArrayList<>();
        String folder = inFolder.getParent() == null ? "" : inFolder.getParent() + ".";
        folder = folder.replace(File.separatorChar, '.');
        for (String each : PACKAGES) {
            names.add(each + folder);
            names.add(each);
        }
        names.add(folder);
        names.add("");
        return names;
    }

    @Override
    List<Path> libraries() {
        return List.of(KOTLIN);
    }

    @Override
    boolean fits(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length == 0 || parameters.length > 2) return false;
        String language = language(parameters[0]);
        if (language == null) return false;
        if (parameters.length == 2) return Suspended.isContinuation(parameters[1]);
        Class<?> result = method.getReturnType();
        return result.getName().equals(language + "RuntimeOutput") || CompletionStage.class.isAssignableFrom(result);
    }

    /** The package whose context a parameter is, or null. */
    private static String language(Class<?> parameter) {
        for (String each : PACKAGES) {
            if (parameter.getName().equals(each + "RuntimeContext")) return each;
        }
        return null;
    }

    @Override
    void bind(Method main) throws ReflectiveOperationException {
        Class<?> context = main.getParameterTypes()[0];
        if (context.getClassLoader() == ContextShape.class.getClassLoader()) {
            contexts = new JavaContexts();
        } else { // with Kotlin's own library, which is the function's
            Class<?> kotlin = context.getClassLoader().loadClass("runtimeadapter.KotlinContexts");
            contexts = (Contexts) kotlin.getDeclaredConstructor().newInstance();
        }
    }

    @Override
    Frame call(Function function, int id, ByteBuffer body) throws Throwable {
        Given given = new Given(body);
        ContextCall call = new ContextCall(id, given.logging, speaker);
        ContextCall.enter(call); // RequestThread forgets it
        try {
            Object returned = function.call(contexts.context(given, call));
            return returned == null ? new Frame(Frame.SILENT) : result(contexts.output(returned));
        } finally {
            call.end();
        }
    }

    @Override
    Object suspended(Method main, Object self, Object... arguments) throws Throwable {
        return contexts.suspended(main, self, arguments[0]);
    }

    private static Frame result(Contexts.Output output) {
        List<byte[]> texts = new ArrayList<>();
        int size = 4;
        for (Map.Entry<String, ?> header : output.headers.entrySet()) {
            for (String value : Headers.values(header.getValue())) {
                for (String text : new String[] {header.getKey(), value}) {
                    byte[] bytes = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
                    texts.add(bytes);
                    size += 4 + bytes.length;
                }
            }
        }
        ByteBuffer headers = ByteBuffer.allocate(size).putInt(texts.size() / 2);
        for (byte[] text : texts) headers.putInt(text.length).put(text);
        return new Frame(Frame.RESULT).i32(output.status).bytes(headers.array(), output.body);
    }
}
