import kotlinx.datetime.DateTimeUnit
import kotlinx.datetime.LocalDate
import kotlinx.datetime.plus

fun main(req: Request, res: Response): Response {
    val tomorrow = LocalDate.parse(req.payload).plus(1, DateTimeUnit.DAY)
    return res.json(mapOf("tomorrow" to tomorrow.toString()))
}
