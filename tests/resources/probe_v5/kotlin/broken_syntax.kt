package io.openruntimes.kotlin

class broken_syntax {
    fun main(context: RuntimeContext): RuntimeOutput = context.res.empty(
}
