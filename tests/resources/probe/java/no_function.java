public class no_function {
    public static final int VALUE = 1;
}
