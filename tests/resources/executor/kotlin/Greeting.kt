package io.openruntimes.kotlin

/** What the function says, in a file of its own. */
const val GREETING = "hello"
