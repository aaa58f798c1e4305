import 'dart:convert';

import 'package:runtime/runtime.dart';

Future<void> main(Request req, Response res) async {
  Object? given;
  try {
    given = jsonDecode(req.payload.isEmpty ? '{}' : req.payload);
  } on FormatException {
    given = null;
  }
  if (given is! Map) {
    res.json({'error': 'send a JSON object, such as {"name": "you"}'}, 400);
    return;
  }
  final greeting = req.env['GREETING'] ?? 'Hello';
  final name = given['name'] ?? 'World';
  res.json({
    'message': '$greeting, $name!',
    'client': req.headers['user-agent'] ?? 'unknown',
  });
}
