val never: Int = loop()

private fun loop(): Int {
    while (true) Thread.onSpinWait()
}

fun main(req: Request, res: Response): Response = res.send("never")
