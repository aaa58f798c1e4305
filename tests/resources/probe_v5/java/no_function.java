package io.openruntimes.java;

public class no_function {
    public static final int main = 5;
}
