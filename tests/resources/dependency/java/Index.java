import java.util.Map;
import org.apache.commons.text.WordUtils;

public class Index {
    public Response main(Request req, Response res) {
        return res.json(Map.of("capitalized", WordUtils.capitalize(req.payload)));
    }
}
