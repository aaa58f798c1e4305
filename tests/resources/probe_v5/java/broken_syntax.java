package io.openruntimes.java;

public class broken_syntax {
    public RuntimeOutput main(RuntimeContext context) {
        return context.getRes().empty(;
    }
}
