package io.openruntimes.java;

public class throws_at_import {
    static {
        if (Math.abs(-1) == 1) throw new IllegalStateException("thrown while loading");
    }

    public RuntimeOutput main(RuntimeContext context) {
        return context.getRes().empty();
    }
}
