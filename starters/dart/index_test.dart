import 'package:runtime/runtime.dart';

import 'index.dart' as function;

class Asked {
  Asked(this.payload, this.env);

  final String payload;
  final Map<String, String> env;
  final headers = {'user-agent': 'test'};
}

Future<(int, Map)> call(
  String payload, [
  Map<String, String> env = const {},
]) async {
  late (int, Map) answer;
  await function.main(
    Asked(payload, env),
    Response((status, value) => answer = (status, value as Map)),
  );
  return answer;
}

void same(Object? expected, Object? actual) {
  if (expected != actual) throw StateError('expected $expected, got $actual');
}

Future<void> main() async {
  // It greets whoever is named.
  final (status, value) = await call('{"name": "you"}', {
    'GREETING': 'Good day',
  });
  same(200, status);
  same('Good day, you!', value['message']);
  same('test', value['client']);

  // It refuses what is no object.
  for (final payload in ['no JSON', '[1]']) {
    same(400, (await call(payload)).$1);
  }
  print('ok');
}
