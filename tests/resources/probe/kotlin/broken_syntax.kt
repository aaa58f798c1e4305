fun main(req: Request, res: Response): Response {
    return res.send("never"
}
