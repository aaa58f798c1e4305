package io.openruntimes.java;

/** What a function is called with (docs/protocol-v5.md). */
public class RuntimeContext {
    private final RuntimeRequest req;
    private final RuntimeResponse res;
    private final RuntimeLogger logger;

    public RuntimeContext(RuntimeRequest req, RuntimeResponse res, RuntimeLogger logger) {
        this.req = req;
        this.res = res;
        this.logger = logger;
    }

    public RuntimeRequest getReq() {
        return req;
    }

    public RuntimeResponse getRes() {
        return res;
    }

    /** Adds an entry to the request's logs. */
    public void log(Object... messages) {
        logger.write(messages, RuntimeLogger.TYPE_LOG);
    }

    /** Adds an entry to the request's errors. */
    public void error(Object... messages) {
        logger.write(messages, RuntimeLogger.TYPE_ERROR);
    }
}
