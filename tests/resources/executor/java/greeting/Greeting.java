package io.openruntimes.java.greeting;

/** The function's one package. */
public final class Greeting {
    public static final String TEXT = "hello";

    private Greeting() {}
}
