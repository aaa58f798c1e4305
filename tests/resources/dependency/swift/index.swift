import Greeting

public func main(req: Request, res: Response) async throws -> Response {
    res.json(["greeting": greeting(to: req.payload)])
}
