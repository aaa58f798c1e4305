Future<dynamic> main(final context {
