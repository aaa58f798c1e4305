package io.openruntimes.kotlin

const val main = 5
