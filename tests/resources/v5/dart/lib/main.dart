// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
Future<dynamic> main(final context) async {
  context.log('${context.req.method} ${context.req.path}');
  return context.res.json({'normal': 'Hello World!', 'path': context.req.path});
}
