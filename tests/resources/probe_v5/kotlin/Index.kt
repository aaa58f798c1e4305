package io.openruntimes.kotlin

/** The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md). */
class Index {
    suspend fun main(context: RuntimeContext): RuntimeOutput = Actions(context).answer()
}
