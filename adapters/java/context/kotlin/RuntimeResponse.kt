package io.openruntimes.kotlin

import runtimeadapter.Headers
import runtimeadapter.JsonText

/** What a function returns: its answer, which RuntimeResponse makes. */
data class RuntimeOutput(
    val body: ByteArray,
    val statusCode: Int,
    /** A value may be an Iterable or an array: several headers of that name. */
    val headers: Map<String, Any>,
)

/** Makes what a function returns. A header's value may be an Iterable or an array: several headers of that name. */
class RuntimeResponse {
    fun binary(bytes: ByteArray, statusCode: Int = 200, headers: Map<String, Any> = mapOf()): RuntimeOutput =
        RuntimeOutput(bytes, statusCode, headers)

    fun text(body: String, statusCode: Int = 200, headers: Map<String, Any> = mapOf()): RuntimeOutput =
        binary(body.toByteArray(), statusCode, headers)

    /** The old name of text. */
    fun send(body: String, statusCode: Int = 200, headers: Map<String, Any> = mapOf()): RuntimeOutput =
        text(body, statusCode, headers)

    fun json(json: Any?, statusCode: Int = 200, headers: Map<String, Any> = mapOf()): RuntimeOutput =
        text(JsonText.write(json), statusCode, Headers.with(headers, "content-type", "application/json"))

    fun redirect(url: String, statusCode: Int = 301, headers: Map<String, Any> = mapOf()): RuntimeOutput =
        text("", statusCode, Headers.with(headers, "location", url))

    fun empty(): RuntimeOutput = text("", 204)
}
