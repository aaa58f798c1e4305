package io.openruntimes.kotlin

// What a function is called with and what it returns, for editors and tests. The runtime has classes of its own with these names.

/** What a function is called with. */
class RuntimeContext(val req: RuntimeRequest) {
    val res = RuntimeResponse()
    internal val logged = mutableListOf<String>()

    /** Adds an entry to the request's logs. */
    fun log(vararg messages: Any?) {
        logged += messages.joinToString(" ")
    }

    /** Adds an entry to the request's errors. */
    fun error(vararg messages: Any?) = log(*messages)
}

/** The request, with a body, and what it is as an object of JSON: null if it is none. */
class RuntimeRequest(
    val bodyText: String = "",
    json: Map<String, Any>? = null,
    /** Names are in lower case. */
    val headers: MutableMap<String, String> = mutableMapOf(),
) {
    val method = "POST"
    val scheme = "http"
    val host = "example.org"
    val port = 80

    /** As it was sent, not decoded. */
    val path = "/"
    val queryString = ""
    val url = "http://example.org/"

    /** The parts of the query string. They are not decoded. */
    val query: MutableMap<String, String> = mutableMapOf()
    val bodyBinary: ByteArray = bodyText.toByteArray()

    /** Throws if the body is no object of JSON. */
    val bodyJson: MutableMap<String, Any> by lazy { json?.toMutableMap() ?: error("the body is no JSON") }

    /** The parsed JSON if the Content-Type says so, else the text. */
    val body: Any = json ?: bodyText
}

/** What a function returns. */
class RuntimeOutput(internal val value: Any?, internal val status: Int)

/** Makes what a function returns. A header's value may be an Iterable or an array: several headers of that name. */
class RuntimeResponse {
    fun text(body: String, statusCode: Int = 200, headers: Map<String, Any> = mapOf()) = output(body, statusCode, headers)

    fun binary(bytes: ByteArray, statusCode: Int = 200, headers: Map<String, Any> = mapOf()) = output(bytes, statusCode, headers)

    fun json(json: Any?, statusCode: Int = 200, headers: Map<String, Any> = mapOf()) = output(json, statusCode, headers)

    fun redirect(url: String, statusCode: Int = 301, headers: Map<String, Any> = mapOf()) =
        output("", statusCode, headers + ("location" to url))

    fun empty() = text("", 204)

    @Suppress("UNUSED_PARAMETER")
    private fun output(value: Any?, statusCode: Int, headers: Map<String, Any>) = RuntimeOutput(value, statusCode)
}
