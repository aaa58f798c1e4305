public class throws_at_import {
    static final int VALUE = fail();

    private static int fail() {
        throw new IllegalStateException("probe import error");
    }

    public Response main(Request req, Response res) {
        return res.send("never");
    }
}
