/// What a function is written with: `Future<void> main(Request req, Response res)`.
library;

export 'src/function.dart' show Request, Response;
