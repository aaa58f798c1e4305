package io.openruntimes.kotlin

import nowhere.TEXT

class missing_import {
    fun main(context: RuntimeContext): RuntimeOutput = context.res.text(TEXT)
}
