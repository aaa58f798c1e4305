func main(req: Request, res: Response) -> Response {
    res.json([
        "normal": "Hello World!",
        "env1": req.env["ENV1"],
        "payload": req.payload,
    ])
}
