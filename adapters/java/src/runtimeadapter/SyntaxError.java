package runtimeadapter;

import java.nio.file.Path;

/** A file does not compile; the text is the compiler's. */
@SuppressWarnings("serial")
final class SyntaxError extends Exception {
    SyntaxError(Path file, String text) {
        super(file + " does not compile:\n" + text.stripTrailing(), null, false, false);
    }

    @Override
    public String toString() {
        return "SyntaxError: " + getMessage();
    }
}
