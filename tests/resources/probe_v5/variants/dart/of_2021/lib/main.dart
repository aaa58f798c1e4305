import 'package:runtime/runtime.dart';

Future<void> main(Request req, Response res) async => res.json({'payload': req.payload});
