package io.openruntimes.kotlin

class Index {
    fun main(context: RuntimeContext): RuntimeOutput {
        val req = context.req
        val res = context.res
        context.log("called with", req.method, req.path)
        val given = try {
            if (req.bodyText.isEmpty()) mapOf() else req.bodyJson
        } catch (broken: RuntimeException) {
            return res.json(mapOf("error" to """send a JSON object, such as {"name": "you"}"""), 400)
        }
        val greeting = System.getenv("GREETING") ?: "Hello"
        val name = given["name"] ?: "World"
        return res.json(mapOf("message" to "$greeting, $name!", "client" to (req.headers["user-agent"] ?: "unknown")))
    }
}
