// What can go wrong in a function.
import 'dart:async';

import 'package:runtime/runtime.dart';

class CustomError implements Exception {
  @override
  String toString() => 'custom text';
}

class UnprintableError extends Error {
  @override
  String toString() => throw StateError('no text');
}

int recurse(int depth) => recurse(depth + 1) + 1;

/// Two places that a compiler may take for one.
Never failEither(bool first) {
  if (first) throw Exception('side by side');
  throw Exception('side by side, too');
}

/// Throws in the way that the kind names.
FutureOr<void> fail(Request req, Response res, Map<String, dynamic> o) async {
  res.send('answered before the error');
  switch (o['kind']) {
    case null || 'error':
      throw Exception(o['text'] ?? 'probe error');
    case 'custom':
      throw CustomError();
    case 'first' || 'second':
      failEither(o['kind'] == 'first');
    case 'string':
      throw 'a string';
    case 'number':
      throw 42;
    case 'object':
      throw {'some': 'object'};
    case 'index':
      <int>[].elementAt(1);
    case 'divide':
      1 ~/ (o.length - o.length);
    case 'type':
      (o['kind'] as dynamic) as int;
    case 'recursion':
      recurse(0);
    case 'rejected':
      await null;
      throw Exception('probe error');
    case 'callback':
      Timer(const Duration(milliseconds: 50), () => throw Exception('probe error'));
      await Completer<void>().future;
    case 'unhandled':
      unawaited(Future<void>.error(Exception('probe error')));
      await Completer<void>().future;
    case 'odd':
      throw Exception('odd \ud800\x00\u202e text');
    case 'long':
      throw Exception('x' * 1000000);
    case 'unprintable':
      throw UnprintableError();
  }
  throw ArgumentError('the probe knows no kind ${o['kind']}');
}

void unserialisable(Request req, Response res, Map<String, dynamic> o) {
  final cycle = <Object?>[];
  cycle.add(cycle);
  res.json({
    'nan': double.nan,
    'infinity': [double.infinity],
    'cycle': cycle,
    'function': unserialisable,
    'bigint': BigInt.one,
    'set': {1},
  }[o['kind']]);
}
