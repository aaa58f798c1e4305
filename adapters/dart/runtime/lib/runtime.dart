/// What a function is written with: `Future<void> main(Request req, Response res)`, or `Future<dynamic> main(final context)`
/// where `context` is a [RuntimeContext] (the open-runtimes protocol).
library;

export 'src/context.dart' show RuntimeContext, RuntimeRequest, RuntimeResponse;
export 'src/function.dart' show Request, Response;
