import 'dart:async';
import 'dart:convert';

import 'package:function_types/function_types.dart';

/// What GREETING says to whom the payload names.
Future<void> start(final Request req, final Response res) async {
  final payload = jsonDecode(req.payload == '' ? '{}' : req.payload);
  final greeting = req.variables['GREETING'] ?? 'Hello';
  final name = payload['name'] ?? 'World';
  res.json({
    'message': '$greeting, $name!',
    'client': req.headers['user-agent'],
  });
}
