package io.openruntimes.java;

import nowhere.Something;

public class missing_import {
    public RuntimeOutput main(RuntimeContext context) {
        return context.getRes().text(Something.TEXT);
    }
}
