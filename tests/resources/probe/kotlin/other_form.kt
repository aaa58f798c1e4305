import kotlinx.coroutines.delay

/** The probe once more, as a function that is suspended while it waits. */
suspend fun main(req: Request, res: Response): Response? {
    val options = Options(req.payload)
    if (options.text("action", "answer") != "sleep") return Probe(req, res).act()
    delay((options.number("seconds", 1.0) * 1000).toLong())
    return res.send("slept")
}
