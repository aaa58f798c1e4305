package io.openruntimes.java;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a function is called with, for editors and tests. The runtime has a class of its own with this name. */
public class RuntimeContext {
    final List<String> logged = new ArrayList<>();
    private final RuntimeRequest req;
    private final RuntimeResponse res = new RuntimeResponse();

    RuntimeContext(RuntimeRequest req) {
        this.req = req;
    }

    public RuntimeRequest getReq() {
        return req;
    }

    public RuntimeResponse getRes() {
        return res;
    }

    /** Adds an entry to the request's logs. */
    public void log(Object... messages) {
        logged.add(Stream.of(messages).map(Objects::toString).collect(Collectors.joining(" ")));
    }

    /** Adds an entry to the request's errors. */
    public void error(Object... messages) {
        log(messages);
    }
}
