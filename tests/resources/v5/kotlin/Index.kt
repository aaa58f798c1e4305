package io.openruntimes.kotlin

/** The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer. */
class Index {
    fun main(context: RuntimeContext): RuntimeOutput {
        context.log(context.req.method, context.req.path)
        return context.res.json(mapOf("normal" to "Hello World!", "path" to context.req.path))
    }
}
