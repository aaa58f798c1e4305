// The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).
import 'dart:async';
import 'dart:convert';
import 'dart:io';
import 'dart:typed_data';

import 'processes.dart';

typedef Options = Map<String, dynamic>;
typedef Action = FutureOr<dynamic> Function(dynamic context, Options o);

/// An error of its own, with the name that other languages have for it.
class TypeError implements Exception {
  @override
  String toString() => 'on purpose';
}

Future<dynamic> probe(dynamic context) async {
  final headers = context.req.headers;
  final name = headers['x-action'] ?? 'seen';
  final action = actions[name] ?? (throw ArgumentError('there is no action $name'));
  return action(context, jsonDecode(headers['x-with'] ?? '{}'));
}

Future<dynamic> seen(dynamic context) async {
  final req = context.req;
  return context.res.json({
    'method': req.method,
    'scheme': req.scheme,
    'host': req.host,
    'port': req.port,
    'path': req.path,
    'queryString': req.queryString,
    'url': req.url,
    'query': req.query,
    'headers': req.headers,
    'size': req.bodyBinary.length,
    'sha256': await sha256(req.bodyBinary),
  });
}

dynamic body(dynamic context) {
  final req = context.req;
  final body = req.body;
  final kind = body is String ? 'string' : 'object';
  return context.res.json({'kind': kind, 'body': body, 'text': req.bodyText, 'raw': req.bodyRaw});
}

dynamic values(dynamic context) {
  for (final each in [
    'one',
    2,
    true,
    null,
    'naïve 🎉',
    {
      'a': [1, 'b'],
    },
    [
      1,
      {'c': null},
    ],
  ]) {
    context.log(each);
  }
  try {
    throw RangeError('logged');
  } catch (error, trace) {
    context.error(error, trace);
  }
  return context.res.text('logged');
}

Future<dynamic> prints(dynamic context) async {
  print('printed 1');
  context.log('logged 2');
  stderr.writeln('printed 3');
  print('printed 4\nprinted 5');
  return context.res.text('printed');
}

Future<dynamic> mixed(dynamic context, Options o) async {
  final name = o['name'];
  for (var line = 0; line < o['lines']; line++) {
    context.log('$name log $line');
    await Future<void>.delayed(Duration(milliseconds: line % 3));
    print('$name print $line');
    if (line % 10 == 0) {
      await child('for n in 0 1 2 3 4 5 6 7 8 9; do echo "$name child \$(($line + n))"; done');
    }
    context.error('$name error $line');
  }
  return context.res.text(name);
}

/// What the work gives; 403 with the system's error if it is refused.
dynamic permitted(dynamic context, dynamic Function() work) {
  try {
    return work();
  } on FileSystemException catch (error) {
    return context.res.text(nameOf(error.osError!.errorCode), 403);
  }
}

void logAll(dynamic context, Options o) => (o['logs'] ?? const []).forEach(context.log);

final actions = <String, Action>{
  'seen': (context, o) => seen(context),
  'body': (context, o) => body(context),
  'body-json': (context, o) => context.res.json({'value': context.req.bodyJson}),
  'echo': (context, o) =>
      context.res.binary(context.req.bodyBinary, 200, {'content-type': 'application/octet-stream'}),
  'text': (context, o) => context.res.text(o['text'] ?? 'text', o['status'] ?? 200, o['headers'] ?? <String, dynamic>{}),
  'json': (context, o) => context.res.json(o['value'], o['status'] ?? 200, o['headers'] ?? <String, dynamic>{}),
  'binary': (context, o) => context.res.binary([for (var byte = 0; byte < 256; byte++) byte]),
  'empty': (context, o) => context.res.empty(),
  'redirect': (context, o) => context.res.redirect(o['url'], o['status'] ?? 301),
  'send': (context, o) => context.res.send('${o['body']}'),
  'big': (context, o) => context.res.binary(Uint8List(o['bytes'])..fillRange(0, o['bytes'], 0x78)),
  'many-headers': (context, o) => context.res.text('text', 200, <String, dynamic>{
    for (var number = 0; number < o['number']; number++) 'x-$number': 'v' * o['size'],
  }),
  'not-returned': (context, o) {
    context.res.text('first', 201);
    return context.res.text('second');
  },
  'nothing': (context, o) {
    context.res.text('not returned');
    return null;
  },
  'throws': (context, o) {
    context.log('before');
    throw TypeError();
  },
  'rejects': (context, o) async {
    context.log('before');
    unawaited(Future<void>.error(TypeError(), StackTrace.current));
    await Completer<void>().future;
  },
  'log': (context, o) {
    (o['prints'] ?? const []).forEach(print);
    logAll(context, o);
    (o['errors'] ?? const []).forEach(context.error);
    return context.res.text('logged');
  },
  'values': (context, o) => values(context),
  'prints': (context, o) => prints(context),
  'flood': (context, o) {
    final entry = 'é' * o['characters'];
    for (var number = 0; number < o['entries']; number++) {
      o['how'] == 'print' ? print(entry) : context.log(entry);
    }
    return context.res.text('logged');
  },
  'child': (context, o) async {
    await child(o['command']);
    return context.res.text('ended');
  },
  'mixed': mixed,
  'sleep': (context, o) async {
    logAll(context, o);
    await Future<void>.delayed(Duration(milliseconds: (o['seconds'] * 1000).round()));
    context.log('too late');
    return context.res.text(o['text'] ?? 'slept');
  },
  'spin': (context, o) {
    context.log('before');
    while (true) {}
  },
  'late': (context, o) {
    Timer(const Duration(milliseconds: 100), () {
      context.log('late');
      print('late, printed');
    });
    return context.res.text('answered');
  },
  'exit': (context, o) {
    context.log('before');
    exit(o['code']);
  },
  'abort': (context, o) {
    context.log('before');
    abort();
  },
  'signal': (context, o) => context.res.text(signal(o['pid'], o['name'])),
  'environment': (context, o) => context.res.json(Platform.environment),
  'identity': (context, o) => context.res.json({...identity(), 'folder': Directory.current.path}),
  'read': (context, o) => permitted(context, () => context.res.binary(File(o['path']).readAsBytesSync())),
  'write': (context, o) => permitted(context, () {
    File(o['path']).writeAsStringSync(o['text'], mode: FileMode.append, flush: true);
    return context.res.text('written');
  }),
  'fill': (context, o) => context.res.text(fill(o['path'], o['mib'])),
};
