package runtimeadapter

import io.openruntimes.kotlin.RuntimeContext
import io.openruntimes.kotlin.RuntimeLogger
import io.openruntimes.kotlin.RuntimeOutput
import io.openruntimes.kotlin.RuntimeRequest
import io.openruntimes.kotlin.RuntimeResponse
import java.lang.reflect.Method
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.runBlocking

/** The contexts of functions that are written in Kotlin. The worker finds it by its name. */
class KotlinContexts : Contexts {
    private val response = RuntimeResponse() // it keeps nothing

    override fun context(given: Given, log: Contexts.Log): Any {
        val request = RuntimeRequest(
            given.method, given.scheme, given.host, given.port, given.path, given.query, given.queryString,
            given.headers, given.body, given.url,
        )
        return RuntimeContext(request, response) { messages, type -> log.write(messages, type == RuntimeLogger.TYPE_ERROR) }
    }

    override fun output(returned: Any): Contexts.Output {
        val output = returned as RuntimeOutput
        return Contexts.Output(output.body, output.statusCode, output.headers)
    }

    /** The request's thread runs the function, and what it waits for goes on there, too. */
    override fun suspended(main: Method, self: Any?, context: Any): Any? =
        runBlocking(Printing(ContextCall.current())) {
            suspendCoroutineUninterceptedOrReturn { end -> main.invoke(self, context, end) }
        }
}

/** What a coroutine prints is its call's, in whatever thread it goes on. */
private class Printing(private val call: ContextCall?) :
    AbstractCoroutineContextElement(Printing), ThreadContextElement<ContextCall?> {
    companion object Key : CoroutineContext.Key<Printing>

    override fun updateThreadContext(context: CoroutineContext): ContextCall? =
        ContextCall.current().also { ContextCall.enter(call) }

    override fun restoreThreadContext(context: CoroutineContext, oldState: ContextCall?) = ContextCall.enter(oldState)
}
