// Nothing of Swift runs before `main`: what fails earlier fails in the compiler.
#error("thrown while loading")

func main(context: RuntimeContext) -> RuntimeOutput { context.res.empty() }
