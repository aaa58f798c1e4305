/** A function in a folder inside the function's. */
public class Index {
    public Response main(Request req, Response res) {
        return res.send(req.payload);
    }
}
