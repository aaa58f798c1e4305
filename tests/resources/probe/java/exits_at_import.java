public class exits_at_import {
    static {
        System.exit(7);
    }

    public Response main(Request req, Response res) {
        return res.send("never");
    }
}
