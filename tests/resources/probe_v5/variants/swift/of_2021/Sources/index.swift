func main(req: Request, res: Response) async throws -> Response {
    res.json(["payload": req.payload])
}
