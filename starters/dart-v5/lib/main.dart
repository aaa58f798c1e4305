import 'dart:convert';
import 'dart:io';

Future<dynamic> main(context) async {
  final req = context.req, res = context.res;
  context.log('called with ${req.method} ${req.path}');
  Object? given;
  try {
    given = jsonDecode(req.bodyText.isEmpty ? '{}' : req.bodyText);
  } on FormatException {
    given = null;
  }
  if (given is! Map) {
    return res.json({
      'error': 'send a JSON object, such as {"name": "you"}',
    }, 400);
  }
  final greeting = Platform.environment['GREETING'] ?? 'Hello';
  final name = given['name'] ?? 'World';
  return res.json({
    'message': '$greeting, $name!',
    'client': req.headers['user-agent'] ?? 'unknown',
  });
}
