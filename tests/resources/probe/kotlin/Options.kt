/** The payload's options; none where it is no JSON object. */
class Options(payload: String) {
    private val values = runCatching { Parser(payload).value() as Map<*, *> }.getOrDefault(emptyMap<Any, Any>())

    val seconds get() = number("seconds", 1.0)

    operator fun get(name: String) = values[name]

    fun text(name: String, otherwise: String) = values[name] as? String ?: otherwise

    fun number(name: String, otherwise: Double = 0.0) = (values[name] as? Number)?.toDouble() ?: otherwise
}

/** Reads JSON. */
private class Parser(private val text: String) {
    private var at = 0

    fun value(): Any? = when (next()) {
        '{' -> buildMap { members('}') { put(string(), value()) } }
        '[' -> buildList { members(']') { add(value()) } }
        '"' -> string()
        't' -> word("true", true)
        'f' -> word("false", false)
        'n' -> word("null", null)
        else -> number()
    }

    /** The next character that separates nothing; it is not taken yet. */
    private fun next(): Char {
        while (text[at].isWhitespace() || text[at] in ",:") at++
        return text[at]
    }

    private fun members(end: Char, member: () -> Unit) {
        at++
        while (next() != end) member()
        at++
    }

    private fun word(word: String, meaning: Any?): Any? {
        require(text.startsWith(word, at))
        at += word.length
        return meaning
    }

    private fun number(): Any {
        val number = text.substring(at).takeWhile { it in "+-.0123456789eE" }
        at += number.length
        return number.toLongOrNull() ?: number.toDouble()
    }

    private fun string(): String = buildString {
        at++
        while (text[at] != '"') {
            append(if (text[at] == '\\') escaped() else text[at])
            at++
        }
        at++
    }

    private fun escaped(): Char = when (val each = text[++at]) {
        'n' -> '\n'
        'r' -> '\r'
        't' -> '\t'
        'b' -> '\b'
        'f' -> '\u000c'
        'u' -> text.substring(at + 1, at + 5).toInt(16).toChar().also { at += 4 }
        else -> each
    }
}
