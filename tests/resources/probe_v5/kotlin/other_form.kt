import io.openruntimes.kotlin.Actions
import io.openruntimes.kotlin.RuntimeContext
import io.openruntimes.kotlin.RuntimeOutput
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** The probe as a function of no class, in no package, whose coroutine goes on in threads that calls have in common. */
suspend fun main(context: RuntimeContext): RuntimeOutput = withContext(Dispatchers.IO) { Actions(context).answer() }
