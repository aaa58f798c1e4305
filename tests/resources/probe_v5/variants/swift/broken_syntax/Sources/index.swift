func main(context: RuntimeContext {
