package io.openruntimes.kotlin

import java.nio.file.AccessDeniedException
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.delay

/** What an executor asks of a function. */
class Index {
    suspend fun main(context: RuntimeContext): RuntimeOutput {
        val req = context.req
        val res = context.res
        context.log("called", req.method, req.path, GREETING)
        when (req.path) {
            "/sleep" -> delay(30_000)
            "/crash" -> {
                ProcessBuilder("sh", "-c", "kill -9 ${ProcessHandle.current().pid()}").start()
                delay(30_000)
            }
            "/echo" -> return res.binary(req.bodyBinary, 201, mapOf("x-made-by" to "a function"))
            "/write" -> write(context)
        }
        return res.json(
            mapOf(
                "env" to System.getenv(), "headers" to req.headers, "folder" to System.getProperty("user.dir"),
                "body" to req.bodyText, "url" to req.url,
            ),
        )
    }

    private fun write(context: RuntimeContext) {
        Files.writeString(Path.of("/tmp/written"), "")
        try {
            Files.writeString(Path.of("/mnt/logs/forged_logs.log"), "")
        } catch (refused: AccessDeniedException) {
            context.error("EACCES")
        }
    }
}
