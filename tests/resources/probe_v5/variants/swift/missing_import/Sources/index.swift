import nowhere

func main(context: RuntimeContext) -> RuntimeOutput { context.res.empty() }
