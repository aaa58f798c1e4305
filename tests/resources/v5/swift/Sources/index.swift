// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
func main(context: RuntimeContext) throws -> RuntimeOutput {
    context.log(context.req.method, context.req.path)
    return try context.res.json(["normal": "Hello World!", "path": context.req.path])
}
