val value: Int = error("probe import error")

fun main(req: Request, res: Response): Response = res.send("never")
