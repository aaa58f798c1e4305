import runtimeadapter.Answer

/** How functions answer that are written as in 2022 (contract F8). Their arguments may be named. */
class RuntimeResponse : Answer() {
    fun send(data: String, statusCode: Int = 200): RuntimeResponse {
        keepText(data, statusCode)
        return this
    }

    fun json(data: Any?, statusCode: Int = 200): RuntimeResponse {
        keepJson(data, statusCode)
        return this
    }
}
