import 'package:function/main.dart' as function;

/// A context, its request and its response.
class Given {
  Given(this.bodyText);

  final String bodyText;
  final method = 'POST';
  final path = '/';
  final headers = {'user-agent': 'test'};
  final logged = <Object?>[];

  Given get req => this;
  Given get res => this;

  void log(Object? value) => logged.add(value);

  (int, Map) json(Map value, [int status = 200]) => (status, value);
}

void same(Object? expected, Object? actual) {
  if (expected != actual) throw StateError('expected $expected, got $actual');
}

Future<void> main() async {
  // It greets whoever is named, and logs the call.
  final given = Given('{"name": "you"}');
  final (int status, Map value) = await function.main(given);
  same(200, status);
  same('Hello, you!', value['message']);
  same('test', value['client']);
  same('called with POST /', given.logged.single);

  // It refuses what is no object.
  for (final body in ['no JSON', '[1]']) {
    final (int status, _) = await function.main(Given(body));
    same(400, status);
  }
  print('ok');
}
