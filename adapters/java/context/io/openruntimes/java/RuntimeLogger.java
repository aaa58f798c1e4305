package io.openruntimes.java;

/** Where a context's entries go. */
@FunctionalInterface
public interface RuntimeLogger {
    String TYPE_ERROR = "error";
    String TYPE_LOG = "log";

    /** Adds an entry of several values to the logs or to the errors. */
    void write(Object[] messages, String type);
}
