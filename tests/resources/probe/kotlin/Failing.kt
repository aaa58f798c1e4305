class CustomError(text: String) : Error(text)

/** Neither an Exception nor an Error. */
class BareError(text: String) : Throwable(text)

class UnprintableError : RuntimeException() {
    override val message: String get() = error("no text")
}

/** The ways to fail. */
fun fail(kind: String, text: String): Nothing = when (kind) {
    "error" -> error(text)
    "custom" -> throw CustomError("custom text")
    "base" -> throw BareError("bare")
    "null" -> throw (null as Throwable?)!!
    "divide" -> error("${1 / (kind.length - "divide".length)}")
    "recursion" -> error("${recurse(0)}")
    "odd" -> error("odd \ud800\u0000\u202e text")
    "long" -> error("x".repeat(1_000_000))
    "unprintable" -> throw UnprintableError()
    "cause" -> throw IllegalStateException("outer", CustomError("inner"))
    else -> throw IllegalArgumentException("the probe knows no kind $kind")
}

private fun recurse(depth: Int): Int = recurse(depth + 1) + 1
