package io.openruntimes.kotlin

/** What a function is called with (docs/protocol-v5.md). */
class RuntimeContext(
    val req: RuntimeRequest,
    val res: RuntimeResponse,
    val logger: RuntimeLogger,
) {
    /** Adds an entry to the request's logs. */
    fun log(vararg messages: Any?) = logger.write(messages, RuntimeLogger.TYPE_LOG)

    /** Adds an entry to the request's errors. */
    fun error(vararg messages: Any?) = logger.write(messages, RuntimeLogger.TYPE_ERROR)
}

/** Where a context's entries go. */
fun interface RuntimeLogger {
    /** Adds an entry of several values to the logs or to the errors. */
    fun write(messages: Array<out Any?>, type: String)

    companion object {
        const val TYPE_ERROR = "error"
        const val TYPE_LOG = "log"
    }
}
