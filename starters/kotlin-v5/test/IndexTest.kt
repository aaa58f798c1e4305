package io.openruntimes.kotlin

/** With a body, and what it is as an object of JSON: null if it is none. */
fun context(text: String, json: Map<String, Any>? = null) =
    RuntimeContext(RuntimeRequest(text, json, mutableMapOf("user-agent" to "test")))

fun main() {
    // It greets whoever is named.
    val context = context("""{"name": "you"}""", mapOf("name" to "you"))
    val answer = Index().main(context)
    check(answer.value == mapOf("message" to "Hello, you!", "client" to "test")) { "${answer.value}" }
    check(answer.status == 200) { "${answer.status}" }
    check(context.logged == listOf("called with POST /")) { "${context.logged}" }

    // Nobody has to be named.
    val unnamed = Index().main(context("")).value
    check(unnamed == mapOf("message" to "Hello, World!", "client" to "test")) { "$unnamed" }

    // It refuses what is no object.
    check(Index().main(context("no JSON")).status == 400)
    println("ok")
}
