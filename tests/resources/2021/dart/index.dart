import 'package:greeting/greeting.dart';

Future<void> start(final req, final res) async {
  print('asked for ${req.headers['host'] ?? 'nobody'}');

  res.json({
    'normal': greet('World'),
    'env1': req.env['ENV1'],
    'payload': req.payload,
  });
}
