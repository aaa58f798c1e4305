using nowhere;

public class missing_import
{
    public RuntimeOutput Main(RuntimeContext context) => context.Res.Text(Nothing.Text);
}
