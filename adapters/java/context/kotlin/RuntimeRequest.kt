package io.openruntimes.kotlin

import runtimeadapter.JsonText

/** The request as a function sees it. */
data class RuntimeRequest(
    val method: String,
    val scheme: String,
    val host: String,
    val port: Int,
    /** As it was sent, not decoded. */
    val path: String,
    /** The parts of the query string. They are not decoded. */
    val query: MutableMap<String, String>,
    val queryString: String,
    /** Names are in lower case. */
    val headers: MutableMap<String, String>,
    val bodyBinary: ByteArray,
    val url: String,
) {
    val bodyText: String
        get() = String(bodyBinary)

    /** The body as an object of JSON. Throws a JsonSyntaxException if it is none. */
    val bodyJson: MutableMap<String, Any>
        get() = JsonText.`object`(bodyText)

    /** The old name of bodyText. */
    val bodyRaw: String
        get() = bodyText

    /** The parsed JSON if the Content-Type says so, an empty map for an empty body then, else the text. */
    val body: Any
        get() = when {
            !JsonText.isType(headers["content-type"]) -> bodyText
            bodyBinary.isEmpty() -> mutableMapOf<String, Any>()
            else -> JsonText.value(bodyText)
        }
}
