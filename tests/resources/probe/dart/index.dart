// The probe: does whatever the payload's action says (tests/resources/probe/README.md).
import 'dart:async';
import 'dart:convert';
import 'dart:io';

import 'package:runtime/runtime.dart';

import 'failing.dart';
import 'processes.dart';

const late = Duration(milliseconds: 50);

var count = 0;

typedef Options = Map<String, dynamic>;
typedef Action = FutureOr<void> Function(Request req, Response res, Options o);

FutureOr<void> main(Request req, Response res) {
  final o = read(req.payload);
  final action = actions[o['action'] ?? 'answer'];
  if (action == null) throw ArgumentError('the probe knows no action ${o['action']}');
  return action(req, res, o);
}

Options read(String payload) {
  try {
    final value = jsonDecode(payload);
    return value is Options ? value : {};
  } on FormatException {
    return {};
  }
}

Duration wait(Options o) => Duration(microseconds: ((o['seconds'] ?? 1) * 1e6).round());

void everything(Request req, Response res) =>
    res.json({'env': req.env, 'payload': req.payload, 'headers': req.headers});

final actions = <String, Action>{
  'answer': (req, res, o) => everything(req, res),
  'text': (req, res, o) => (res as dynamic).send(o['text'] ?? 'Hello'),
  'json': (req, res, o) => res.json(o['value']),
  'both': (req, res, o) => res.send('first').json({'last': true}),
  'none': (req, res, o) async {},
  'twice': (req, res, o) => res.send('first').send('second'),
  'late': (req, res, o) {
    Timer(late, () => res.send('too late'));
    res.send('in time');
  },
  'returned': (req, res, o) => ({'normal': 'no answer'} as dynamic),
  'later': (req, res, o) {
    Timer(late, () => res.send('later'));
  },
  'late_error': (req, res, o) {
    Timer(late, () => throw Exception('late probe error'));
    res.send('in time');
  },
  'status': (req, res, o) => (res as dynamic).send('status', o['status']),
  'bytes': (req, res, o) => (res as dynamic).send([0xff, 0xfe]),
  'unserialisable': unserialisable,
  'throw': fail,
  'sleep': (req, res, o) async {
    await Future<void>.delayed(wait(o));
    res.send('slept');
  },
  'block': (req, res, o) {
    sleep(wait(o));
    res.send('blocked');
  },
  'spin': (req, res, o) {
    final watch = Stopwatch()..start();
    while (o['seconds'] == null || watch.elapsed < wait(o)) {}
    res.send('spun');
  },
  'exit': (req, res, o) => exit(o['code'] ?? 0),
  'abort': (req, res, o) {
    if (o['line'] != null) File('/tmp/begun').writeAsStringSync('${o['line']}\n', mode: FileMode.append, flush: true);
    sendSignal(pid, 6);
    return Completer<void>().future;
  },
  'print': (req, res, o) {
    for (var number = 1; number <= (o['lines'] ?? 1); number++) {
      final line = '${o['text'] ?? 'line $number '}'.padRight(o['bytes'] ?? 0, 'x').trimRight();
      o['stream'] == 'stderr' ? stderr.writeln(line) : print(line);
    }
    res.send('printed');
  },
  'allocate': (req, res, o) {
    final held = [for (var mib = 0; mib < (o['mib'] ?? 1); mib++) block()];
    res.send(held.isEmpty ? 'nothing' : 'allocated');
  },
  'environ': (req, res, o) => res.json(Platform.environment),
  'read': (req, res, o) => res.send(utf8.decode(File(o['path']).readAsBytesSync(), allowMalformed: true)),
  'kill': (req, res, o) {
    sendSignal(o['pid'], o['signal'] ?? 9);
    res.send('killed');
  },
  'forks': (req, res, o) async {
    final (started, error) = await untilError(o['count'] ?? 200, startSleeper);
    res.json({'started': started, 'error': error});
  },
  'descriptors': (req, res, o) async {
    final (opened, error) = await untilError(o['count'] ?? 100000, () => File('/dev/null').openSync());
    res.json({'opened': opened, 'error': error});
  },
  'fill': fill,
  'tamper': (req, res, o) {
    Directory.current = '/';
    // Everything else of the language's is out of a function's reach.
    res.send('tampered');
  },
  'mutate': (req, res, o) {
    req.env['MUTATED'] = 'yes';
    req.headers['mutated'] = 'yes';
    req.payload = 'mutated';
    everything(req, res);
  },
  'counter': (req, res, o) => res.json({'counter': ++count}),
  'pid': (req, res, o) => res.json({'pid': pid}),
  'uid': (req, res, o) => res.json({'uid': userId(), 'gid': groupId()}),
  'spawn': (req, res, o) async => res.json({'pid': await startSleeper()}),
  'big': (req, res, o) => res.send('x' * o['bytes']),
  'proto': (req, res, o) => res.json({'value': req.env['__proto__']}),
};
