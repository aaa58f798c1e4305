public class loops_at_import {
    static {
        while (System.nanoTime() != 0) Thread.onSpinWait();
    }

    public Response main(Request req, Response res) {
        return res.send("never");
    }
}
