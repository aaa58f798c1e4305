import com.google.gson.Gson
import io.openruntimes.kotlin.RuntimeRequest
import io.openruntimes.kotlin.RuntimeResponse

private val gson = Gson()

// What GREETING says to whom the payload names.
@Throws(Exception::class)
suspend fun main(req: RuntimeRequest, res: RuntimeResponse): RuntimeResponse {
    val given = gson.fromJson<Map<String, Any>>(req.payload.ifEmpty { "{}" }, MutableMap::class.java)
    val greeting = req.variables["GREETING"] ?: "Hello"
    return res.json(
        data = mapOf("message" to "$greeting, ${given["name"] ?: "World"}!", "client" to req.headers["user-agent"]),
        statusCode = 200,
    )
}
