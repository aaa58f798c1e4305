/// Serves the gateway's calls with a function that takes a context, one at a time (docs/worker-protocol.md, mode serial):
/// so all that the process and its children print while it runs is its own.
library;

import 'dart:async';
import 'dart:io';
import 'dart:typed_data';

import 'context.dart';
import 'errors.dart';
import 'frames.dart';
import 'output.dart';
import 'wire.dart';
import 'worker.dart' show connect;

/// Serves calls with the function until the gateway, which listens at the path, closes the connection.
Future<void> run(Object? Function(Never) function, String? path) async {
  ContextWorker(function, await connect(path));
}

/// The call that runs.
class _Call {
  _Call(this.id, this.context);

  final int id;
  final RuntimeContext context;
  var ended = false;
}

class ContextWorker {
  ContextWorker(this._function, RawSocket socket) {
    _wire = Wire(socket, _take)..write([readyForContext()]);
  }

  final dynamic _function;
  late final Wire _wire;

  /// Functions run in zones inside this one, so that what nobody catches comes here.
  late final _zone = Zone.root.fork(
    specification: ZoneSpecification(
      handleUncaughtError: (_, _, zone, error, trace) => _fail(zone[_Call] as _Call, error, trace),
    ),
  );

  void _take(Uint8List bytes) {
    switch (kindOf(bytes)) {
      case Kind.call:
        final id = idOf(bytes);
        final (request, isLogged) = readCall(bytes);
        final tell = isLogged ? (int stream, String text) => _wire.write([logged(id, stream, text)]) : null;
        final call = _Call(id, RuntimeContext(request, tell));
        _zone.fork(zoneValues: {_Call: call}).run(() => _serve(call));
      case Kind.output:
        changeOutput(readOutput(bytes));
      case Kind.ping:
        _wire.write([frame(Kind.pong, idOf(bytes))]);
    }
  }

  Future<void> _serve(_Call call) async {
    try {
      final Object? returned = await _function(call.context);
      if (returned == null) return _end(call, [frame(Kind.silent, call.id)]);
      final (status, headers, body) = resultOf(returned);
      await _end(call, resulted(call.id, status, headers, body));
    } catch (error, trace) {
      await _fail(call, error, trace);
    }
  }

  /// What a function throws after its end is only printed.
  Future<void> _fail(_Call call, Object error, StackTrace trace) async {
    final message = describe(error, trace);
    call.ended ? stderr.writeln(message) : await _end(call, [failed(call.id, message)]);
  }

  /// What the function has printed goes out before its end.
  Future<void> _end(_Call call, List<Uint8List> pieces) async {
    if (call.ended) return;
    call.ended = true;
    call.context.close();
    await _flush(stdout);
    await _flush(stderr);
    _wire.write(pieces);
  }

  /// Nothing is waited for that a stream which the function has bound to it may still write.
  static Future<void> _flush(IOSink sink) async {
    try {
      await sink.flush();
    } on StateError {
      // It is bound to a stream.
    } on IOException {
      // Nobody reads it.
    }
  }
}
