/** A function in a folder inside the function's. */
fun main(req: Request, res: Response): Response = res.send(req.payload)
