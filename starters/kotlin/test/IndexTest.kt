fun call(payload: String, env: Map<String, String> = mapOf()): Response =
    main(Request(env, mapOf("user-agent" to "test"), payload), Response())

fun main() {
    // It greets whoever is named.
    val answer = call("""{"name": "you"}""", mapOf("GREETING" to "Good day"))
    check(answer.value == mapOf("message" to "Good day, you!", "client" to "test")) { "${answer.value}" }
    check(answer.status == 200) { "${answer.status}" }

    // It refuses what is no object.
    for (payload in listOf("no JSON", "[1]")) {
        check(call(payload).status == 400) { payload }
    }
    println("ok")
}
