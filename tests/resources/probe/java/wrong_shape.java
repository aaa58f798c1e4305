public class wrong_shape {
    public static final String main = "main(Request, Response)";
}
