package io.openruntimes.java;

/** What a function returns, for editors and tests. The runtime has a class of its own with this name. */
public class RuntimeOutput {
    final Object value;
    final int status;

    RuntimeOutput(Object value, int status) {
        this.value = value;
        this.status = status;
    }
}
