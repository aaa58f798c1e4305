// What an executor asks of a function.
import 'dart:io';

import 'package:greeting/greeting.dart' as greeting;

Future<dynamic> main(final context) async {
  final req = context.req, res = context.res;
  context.log('called ${req.method} ${req.path} ${greeting.text}');
  switch (req.path) {
    case '/sleep':
      await Future<void>.delayed(const Duration(seconds: 30));
    case '/crash':
      Process.killPid(pid, ProcessSignal.sigkill);
      sleep(const Duration(seconds: 30));
    case '/echo':
      return res.binary(req.bodyBinary, 201, {'x-made-by': 'a function'});
    case '/write':
      File('/tmp/written').writeAsStringSync('');
      try {
        File('/mnt/logs/forged_logs.log').writeAsStringSync('');
      } on PathAccessException {
        context.error('EACCES');
      }
  }
  return res.json({
    'env': Platform.environment,
    'headers': req.headers,
    'folder': Directory.current.path,
    'body': req.bodyText,
    'url': req.url,
  });
}
