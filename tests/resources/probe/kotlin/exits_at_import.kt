val never: Int = kotlin.system.exitProcess(7)

fun main(req: Request, res: Response): Response = res.send("never")
