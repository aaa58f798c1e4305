public class broken_syntax {
    public Response main(Request req, Response res) {
        return res.send("never"
    }
}
