/** The probe: does whatever the payload's action says (tests/resources/probe/README.md). */
fun main(req: Request, res: Response): Response? = Probe(req, res).act()
