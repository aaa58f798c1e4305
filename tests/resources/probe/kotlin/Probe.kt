import java.io.File
import java.io.FileInputStream
import java.io.FileOutputStream
import java.io.IOException
import java.util.Locale
import java.util.TimeZone
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

private const val LATE = 50L // milliseconds after the function's end at which something still happens
private const val MIB = 1 shl 20
private val count = AtomicLong()
private val held = mutableListOf<Any>()

/** What the probe can do. */
class Probe(private val req: Request, private val res: Response) {
    private val options = Options(req.payload)

    fun act(): Response? = when (val action = options.text("action", "answer")) {
        "answer" -> everything()
        "text" -> res.send(options.text("text", "Hello"))
        "json" -> res.json(options["value"])
        "both" -> { res.send("first"); res.json(mapOf("last" to true)) }
        "none" -> null
        "twice" -> { res.send("first"); res.send("second") }
        "late" -> { after { res.send("too late") }; res.send("in time") }
        "late_error" -> { after { error("late probe error") }; res.send("in time") }
        "status" -> res.send("status", options.number("status").toInt())
        "bytes" -> res.send("x\ud800x")
        "unserialisable" -> res.json(unserialisable[options.text("kind", "")])
        "big" -> res.send("x".repeat(options.number("bytes").toInt()))
        "mutate" -> { mutate(); everything() }
        "proto" -> res.json(mapOf("value" to req.env["__proto__"]))
        "counter" -> res.json(mapOf("counter" to count.incrementAndGet()))
        "pid" -> res.json(mapOf("pid" to pid()))
        "uid" -> res.json(mapOf("uid" to owner("Uid"), "gid" to owner("Gid")))
        "environ" -> res.json(System.getenv())
        "read" -> res.send(FileInputStream(options.text("path", "")).use { String(it.readAllBytes()) })
        "throw" -> { res.send("answered before the error"); fail(options.text("kind", "error"), options.text("text", "probe error")) }
        "sleep" -> { Thread.sleep((options.seconds * 1000).toLong()); res.send("slept") }
        "block" -> { ProcessBuilder("sleep", options.seconds.toString()).start().waitFor(); res.send("blocked") }
        "spin" -> spin()
        "exit" -> kotlin.system.exitProcess(options.number("code").toInt())
        "abort" -> { options["line"]?.let { File("/tmp/begun").appendText("$it\n") }; shell("kill -ABRT ${pid()}"); Thread.sleep(60_000); null }
        "kill" -> { kill(options.number("signal", 9.0).toInt(), options.number("pid").toInt()); res.send("killed") }
        "spawn" -> res.json(mapOf("pid" to startSleeper().pid()))
        "forks" -> untilError("started", options.number("count", 200.0)) { startSleeper() }
        "descriptors" -> untilError("opened", options.number("count", 1e5)) { held += FileInputStream("/dev/null") }
        "allocate" -> { List(options.number("mib", 1.0).toInt()) { filled() }; res.send("allocated") }
        "fill" -> fill(options.text("path", "/tmp/filled"), options.number("mib", 1024.0))
        "print" -> print()
        "tamper" -> tamper()
        else -> throw IllegalArgumentException("the probe knows no action $action")
    }

    private fun everything() = res.json(mapOf("env" to req.env, "payload" to req.payload, "headers" to req.headers))

    private fun mutate() {
        req.env["MUTATED"] = "yes"
        req.headers["mutated"] = "yes"
        req.payload = "mutated"
    }

    private fun spin(): Response {
        val end = System.nanoTime() + (options.seconds * 1e9).toLong()
        while (options["seconds"] == null || System.nanoTime() < end) Thread.onSpinWait()
        return res.send("spun")
    }

    private fun untilError(name: String, times: Double, attempt: () -> Unit): Response {
        var done = 0
        var failure: String? = null
        try {
            while (done < times) { attempt(); done++ }
        } catch (error: IOException) {
            failure = error.toString()
        } catch (error: OutOfMemoryError) {
            failure = error.toString()
        }
        return res.json(mapOf(name to done, "error" to failure))
    }

    private fun fill(path: String, mib: Double): Response {
        val block = filled()
        var written = 0L
        var failure: String? = null
        FileOutputStream(path).use {
            try {
                while (written < mib * MIB) { it.write(block); written += MIB }
            } catch (error: IOException) {
                failure = error.toString()
            }
        }
        return res.json(mapOf("written" to written, "error" to failure))
    }

    private fun print(): Response {
        val stream = if (options.text("stream", "stdout") == "stderr") System.err else System.out
        for (number in 1..options.number("lines", 1.0).toInt()) {
            stream.println(options.text("text", "line $number ").padEnd(options.number("bytes").toInt(), 'x').trimEnd())
        }
        return res.send("printed")
    }

    private fun tamper(): Response {
        System.setProperty("user.dir", "/")
        System.getProperties().remove("line.separator")
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"))
        Locale.setDefault(Locale.forLanguageTag("tr"))
        Thread.currentThread().interrupt()
        return res.send("tampered")
    }
}

private val unserialisable: Map<String, Any> = mapOf(
    "nan" to Double.NaN,
    "infinity" to listOf(Float.POSITIVE_INFINITY),
    "cycle" to mutableListOf<Any>().also { it += it as Any },
    "function" to { },
    "bytes" to ByteArray(1),
    "surrogate" to "\ud800",
)

private fun filled() = ByteArray(MIB) { 'x'.code.toByte() }

private fun kill(signal: Int, pid: Int) = shell("kill -$signal -- $pid")

private fun pid() = ProcessHandle.current().pid()

private fun after(work: () -> Unit) = thread {
    Thread.sleep(LATE)
    work()
}

/** What the kernel says of this process's user or group. */
private fun owner(field: String) =
    File("/proc/self/status").readLines().first { it.startsWith("$field:") }.split(Regex("\\s+"))[2].toLong()

private fun shell(command: String) {
    val process = ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start()
    val said = process.inputStream.readAllBytes().decodeToString()
    if (process.waitFor() != 0) throw IOException("$command: $said")
}

private fun startSleeper() = ProcessBuilder("setsid", "sleep", "60").start()
