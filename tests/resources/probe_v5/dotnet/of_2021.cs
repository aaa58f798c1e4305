public class of_2021
{
    public global::RuntimeResponse Main(global::RuntimeRequest req, global::RuntimeResponse res) => res.Send(req.Payload);
}
