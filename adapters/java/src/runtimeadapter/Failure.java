package runtimeadapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Turns anything that a function can throw into a message (contract E2, E3). */
final class Failure {
    /** Longest text of one error: leaves room for the stack trace in the 8 KiB of a message. */
    private static final int TEXT_LIMIT = 1000;
    /** Most stack frames shown of one error, innermost first. */
    private static final int FRAME_LIMIT = 30;
    private static final int CAUSE_LIMIT = 10;
    private static final int DEEPEST_FOLDER = 10;

    private final StringBuilder text = new StringBuilder();
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Failure() {}

    /** Type, text and the function's own stack frames of an error and of what caused it. */
    static String describe(Throwable error) {
        Failure failure = new Failure();
        try {
            failure.add(error);
        } catch (Throwable second) {
            failure.text.append(" (describing this error threw ").append(second.getClass().getName()).append(')');
        }
        return failure.text.toString();
    }

    private void add(Throwable error) {
        Throwable each = error;
        for (; each != null && seen.size() < CAUSE_LIMIT && seen.add(each); each = each.getCause()) {
            if (each != error) text.append("\ncaused by ");
            text.append(each.getClass().getName());
            String said = said(each);
            if (said != null) text.append(": ").append(shortened(said));
            addFrames(each.getStackTrace());
        }
    }

    /** Without half a character at the end. */
    private static String shortened(String said) {
        if (said.length() <= TEXT_LIMIT) return said;
        return said.substring(0, Character.isHighSurrogate(said.charAt(TEXT_LIMIT - 1)) ? TEXT_LIMIT - 1 : TEXT_LIMIT);
    }

    private void addFrames(StackTraceElement[] frames) {
        int shown = 0;
        for (StackTraceElement frame : frames) {
            Path file = Function.NAME.equals(frame.getClassLoaderName()) ? source(frame) : null;
            if (file == null) continue;
            text.append("\n    at ").append(frame.getClassName()).append('.').append(frame.getMethodName());
            text.append(" (").append(file).append(':').append(frame.getLineNumber()).append(')');
            if (++shown == FRAME_LIMIT) return;
        }
    }

    private static String said(Throwable error) {
        try {
            return error.getMessage();
        } catch (Throwable second) {
            return "(its text cannot be read: " + second.getClass().getName() + " in getMessage)";
        }
    }

    /** The user's file that a frame is in, or null: stack frames know only its name and its package. */
    private static Path source(StackTraceElement frame) {
        if (frame.getFileName() == null) return null;
        int dot = frame.getClassName().lastIndexOf('.');
        String inPackage = frame.getClassName().substring(0, dot + 1).replace('.', '/') + frame.getFileName();
        for (Path folder : List.of(Function.sources, Function.FOLDER)) {
            if (Files.exists(folder.resolve(inPackage))) return folder.resolve(inPackage);
        }
        // Kotlin's packages need not be folders.
        String name = frame.getFileName();
        try (Stream<Path> found = Files.find(Function.FOLDER, DEEPEST_FOLDER, (path, facts) -> path.endsWith(name))) {
            return found.findFirst().orElse(null);
        } catch (IOException | UncheckedIOException unreadable) {
            return null;
        }
    }
}
