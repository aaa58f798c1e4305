package io.openruntimes.kotlin

private val loaded: Int = error("thrown while loading")

fun main(context: RuntimeContext): RuntimeOutput = context.res.text("$loaded")
