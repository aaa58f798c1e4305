fun main(req: Request, res: Response): Response = res.json(mapOf("payload" to req.payload))
