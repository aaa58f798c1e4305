// Kotlin itself reads no JSON. To read more than this, add com.google.code.gson:gson to pom.xml.
private val GIVEN = Regex("""\s*\{\s*("name"\s*:\s*"([^"\\]*)"\s*)?}\s*""")

fun main(req: Request, res: Response): Response {
    val given = GIVEN.matchEntire(req.payload.ifEmpty { "{}" })
        ?: return res.json(mapOf("error" to """send a JSON object, such as {"name": "you"}"""), 400)
    val greeting = req.env["GREETING"] ?: "Hello"
    val name = given.groups[2]?.value ?: "World"
    return res.json(mapOf("message" to "$greeting, $name!", "client" to (req.headers["user-agent"] ?: "unknown")))
}
