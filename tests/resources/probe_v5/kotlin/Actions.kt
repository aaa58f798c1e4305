package io.openruntimes.kotlin

import com.google.gson.GsonBuilder
import com.google.gson.ToNumberPolicy
import com.google.gson.reflect.TypeToken
import java.io.FileOutputStream
import java.io.IOException
import java.math.BigInteger
import java.nio.file.AccessDeniedException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.security.MessageDigest
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.delay

private const val MIB = 1 shl 20
private val GSON = GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create()
private val LINES = { name: String, line: Int ->
    "for n in 0 1 2 3 4 5 6 7 8 9; do echo \"$name child \$(($line + n))\"; done"
}

/** An error of the function's own. */
private class TypeError(text: String) : RuntimeException(text)

/** What the probe does (tests/resources/probe_v5/README.md), for both of its forms. */
class Actions(private val context: RuntimeContext) {
    private val req = context.req
    private val res = context.res
    private val options =
        Options(GSON.fromJson(req.headers["x-with"] ?: "{}", object : TypeToken<Map<String, Any?>>() {}))

    /** Finds the action and takes it. */
    suspend fun answer(): RuntimeOutput = act(req.headers["x-action"] ?: "seen")

    private suspend fun act(action: String): RuntimeOutput = when (action) {
        "seen" -> seen()
        "body" -> body()
        "body-json" -> res.json(mapOf("value" to req.bodyJson))
        "echo" -> res.binary(req.bodyBinary, 200, mapOf("content-type" to "application/octet-stream"))
        "text" -> res.text(options.text("text", "text"), options.number("status", 200), options.headers())
        "json" -> res.json(options["value"], options.number("status", 200), options.headers())
        "binary" -> res.binary(ByteArray(256) { it.toByte() })
        "empty" -> res.empty()
        "redirect" -> res.redirect(options.text("url", ""), options.number("status", 301))
        "send" -> res.send(options.text("body", ""))
        "big" -> res.binary("x".repeat(options.number("bytes", 0)).toByteArray())
        "many-headers" ->
            res.text("text", headers = (0..<options.number("number", 0)).associate { "x-$it" to "v".repeat(options.number("size", 0)) })
        "not-returned" -> {
            res.text("first", 201)
            res.text("second")
        }
        "nothing" -> nothing()
        "throws" -> {
            context.log("before")
            throw TypeError("on purpose")
        }
        "rejects" -> {
            delay(1)
            context.log("before")
            throw TypeError("on purpose")
        }
        "log" -> {
            options.texts("prints").forEach(::println)
            options.texts("logs").forEach { context.log(it) }
            options.texts("errors").forEach { context.error(it) }
            res.text("logged")
        }
        "values" -> values()
        "prints" -> prints()
        "flood" -> flood()
        "child" -> {
            child(options.text("command", ""))
            res.text("ended")
        }
        "mixed" -> mixed()
        "sleep" -> {
            options.texts("logs").forEach { context.log(it) }
            delay((options.decimal("seconds") * 1000).toLong())
            context.log("too late")
            res.text(options.text("text", "slept"))
        }
        "spin" -> {
            context.log("before")
            while (true) Thread.onSpinWait()
            @Suppress("UNREACHABLE_CODE")
            res.empty()
        }
        "late" -> late()
        "exit" -> {
            context.log("before")
            exitProcess(options.number("code", 0))
        }
        "abort" -> {
            context.log("before")
            send("ABRT", ProcessHandle.current().pid())
            delay(10_000)
            res.empty()
        }
        "signal" -> signal()
        "environment" -> res.json(System.getenv())
        "identity" -> identity()
        "read" -> read(Path.of(options.text("path", "")))
        "write" -> write(Path.of(options.text("path", "")), options.text("text", ""))
        "fill" -> fill(Path.of(options.text("path", "")), options.number("mib", 0))
        else -> throw IllegalArgumentException("there is no such action")
    }

    private fun seen(): RuntimeOutput {
        val sum = MessageDigest.getInstance("SHA-256").digest(req.bodyBinary)
        return res.json(
            mapOf(
                "method" to req.method, "scheme" to req.scheme, "host" to req.host, "port" to req.port, "path" to req.path,
                "queryString" to req.queryString, "url" to req.url, "query" to req.query, "headers" to req.headers,
                "size" to req.bodyBinary.size, "sha256" to "%064x".format(BigInteger(1, sum)),
            ),
        )
    }

    private fun body(): RuntimeOutput {
        val kind = if (req.body is Map<*, *>) "object" else "string"
        return res.json(mapOf("kind" to kind, "body" to req.body, "text" to req.bodyText, "raw" to req.bodyRaw))
    }

    /** Kotlin's own types leave no way to return nothing; Java's do. */
    @Suppress("UNCHECKED_CAST")
    private fun nothing(): RuntimeOutput {
        res.text("not returned")
        return (arrayOfNulls<RuntimeOutput>(1) as Array<RuntimeOutput>)[0]
    }

    private fun values(): RuntimeOutput {
        context.log("one", 2, true, "naïve 🎉")
        context.log(mapOf("a" to listOf(1, "b")), listOf(1, mapOf("c" to null)))
        context.error(IllegalStateException("logged"))
        return res.text("logged")
    }

    private fun prints(): RuntimeOutput {
        println("printed 1")
        context.log("logged 2")
        System.err.println("printed 3")
        print("printed 4\nprinted")
        println(" 5")
        return res.text("printed")
    }

    private fun flood(): RuntimeOutput {
        val text = "é".repeat(options.number("characters", 0))
        repeat(options.number("entries", 0)) { if (options["how"] == "print") println(text) else context.log(text) }
        return res.text("logged")
    }

    /** Runs a command of the shell whose output is this function's own. */
    private fun child(command: String) = ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor()

    private suspend fun mixed(): RuntimeOutput {
        val name = options.text("name", "")
        for (line in 0..<options.number("lines", 0)) {
            context.log("$name log $line")
            delay(line % 3L)
            println("$name print $line")
            if (line % 10 == 0) child(LINES(name, line))
            context.error("$name error $line")
        }
        return res.text(name)
    }

    private fun late(): RuntimeOutput {
        thread {
            Thread.sleep(100)
            context.log("late")
            println("late, printed")
        }
        return res.text("answered")
    }

    private suspend fun signal(): RuntimeOutput {
        val self = ProcessHandle.current()
        val pid = when (val wanted = options["pid"]) {
            "parent" -> self.parent().get().pid()
            "self" -> self.pid()
            else -> (wanted as Number).toLong()
        }
        val said = send(options.text("name", "").removePrefix("SIG"), pid)
        delay(50)
        return res.text(said)
    }

    private fun send(signal: String, pid: Long): String {
        val kill = ProcessBuilder("sh", "-c", "kill -$signal $pid").redirectErrorStream(true).start()
        val said = String(kill.inputStream.readAllBytes())
        return if (kill.waitFor() == 0) "sent" else if ("not permitted" in said) "EPERM" else said
    }

    private fun identity(): RuntimeOutput = res.json(
        mapOf(
            "user" to numbers("Uid")[1], "group" to numbers("Gid")[1], "groups" to numbers("Groups"),
            "folder" to System.getProperty("user.dir"),
        ),
    )

    private fun numbers(name: String): List<Int> {
        val line = Files.readAllLines(Path.of("/proc/self/status")).first { it.startsWith("$name:") }
        return line.substringAfter(':').split(Regex("\\s+")).filter { it.isNotEmpty() }.map { it.toInt() }
    }

    private fun read(path: Path): RuntimeOutput = try {
        res.binary(Files.readAllBytes(path))
    } catch (error: IOException) {
        res.text(name(error), 403)
    }

    private fun write(path: Path, text: String): RuntimeOutput = try {
        Files.writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
        res.text("written")
    } catch (error: IOException) {
        res.text(name(error), 403)
    }

    /** Writes until the folder takes no more, at most so many MiB; keeps nothing. */
    private fun fill(path: Path, mib: Int): RuntimeOutput {
        val said = try {
            FileOutputStream(path.toFile()).use { file -> repeat(mib) { file.write(ByteArray(MIB)) } }
            "written"
        } catch (error: IOException) {
            name(error)
        }
        Files.deleteIfExists(path)
        return res.text(said)
    }

    private fun name(error: IOException): String = when {
        error is AccessDeniedException -> "EACCES"
        "No space left" in error.message.orEmpty() -> "ENOSPC"
        "not permitted" in error.message.orEmpty() -> "EPERM"
        else -> error.toString()
    }
}

/** The parameters of an action. */
private class Options(private val values: Map<String, Any?>) {
    operator fun get(name: String): Any? = values[name]

    fun text(name: String, otherwise: String): String = values[name]?.toString() ?: otherwise

    fun number(name: String, otherwise: Int): Int = (values[name] as Number?)?.toInt() ?: otherwise

    fun decimal(name: String): Double = (values[name] as Number).toDouble()

    fun texts(name: String): List<String> = (values[name] as List<*>?).orEmpty().map { it.toString() }

    @Suppress("UNCHECKED_CAST")
    fun headers(): Map<String, Any> = values["headers"] as Map<String, Any>? ?: mapOf()
}
