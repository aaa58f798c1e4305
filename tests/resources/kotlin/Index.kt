fun main(req: Request, res: Response): Response =
    res.json(mapOf("normal" to "Hello World!", "env1" to req.env["ENV1"], "payload" to req.payload))
