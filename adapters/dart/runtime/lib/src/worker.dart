/// Serves the gateway's requests with one function, many at a time (docs/worker-protocol.md, mode shared).
library;

import 'dart:async';
import 'dart:io';
import 'dart:typed_data';

import 'errors.dart';
import 'frames.dart';
import 'function.dart';
import 'wire.dart';

const _concurrency = 32;
const _usageError = 64;

/// Serves requests with the function until the gateway closes the connection.
Future<void> run(Object? Function(Request, Response) function) async {
  Worker(function, await connect(Platform.environment['RUNTIME_SOCKET']));
}

/// The connection to the gateway, which listens at the path.
Future<RawSocket> connect(String? path) async {
  if (path == null) {
    stderr.writeln(
      'runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there',
    );
    await stderr.flush();
    exit(_usageError);
  }
  return RawSocket.connect(InternetAddress(path, type: InternetAddressType.unix), 0);
}

/// One request on its way.
class Call {
  Call(this.id);

  final int id;
  Answer? answer;
  var ended = false;

  /// A synchronous function has returned without an answer: its first one will end the call (contract F4).
  var open = false;
}

class Worker {
  Worker(this._function, RawSocket socket) {
    _wire = Wire(socket, _take)..write([ready(_concurrency)]);
  }

  final Object? Function(Request, Response) _function;
  late final Wire _wire;

  /// All functions run in zones inside this one, so that what nobody catches comes here. It is the same for all of them:
  /// the error of a future does not pass from one zone with a handler of its own to another, and functions may share futures.
  late final _zone = Zone.root.fork(
    specification: ZoneSpecification(
      handleUncaughtError: (_, _, zone, error, trace) => _fail(zone[Call] as Call, error, trace),
    ),
  );

  void _take(Uint8List bytes) {
    switch (kindOf(bytes)) {
      case Kind.request:
        final call = Call(idOf(bytes));
        final request = readRequest(bytes);
        _zone.fork(zoneValues: {Call: call}).run(() => _serve(call, request));
      case Kind.ping:
        _wire.write([frame(Kind.pong, idOf(bytes))]);
    }
  }

  Future<void> _serve(Call call, Asked request) async {
    _wire.write([frame(Kind.started, call.id)]);
    // STARTED must be on the wire before the function runs.
    if (_wire.flushed case final flushed?) await flushed;
    try {
      final response = Response((answer) => _answer(call, answer));
      final result = _function(request, response);
      if (result is Future) {
        await result;
      } else if (call.answer == null) {
        // Who returns a value takes that for the answer; who returns nothing may still answer from a callback.
        if (result != null && result != response) {
          throw StateError('the function returned ${result.runtimeType} without answering; call res.send or res.json');
        }
        call.open = true;
        return;
      }
      _end(call);
    } catch (error, trace) {
      _fail(call, error, trace);
    }
  }

  /// The last answer before the end counts (contract F4).
  void _answer(Call call, Answer answer) {
    call.answer = answer;
    if (call.open) _end(call);
  }

  /// What a function throws after its end is only logged (contract F4).
  void _fail(Call call, Object error, StackTrace trace) {
    final message = describe(error, trace);
    call.ended ? stderr.writeln(message) : _write(call, [failed(call.id, message)]);
  }

  void _end(Call call) {
    final answer = call.answer;
    if (!call.ended) _write(call, answer == null ? [frame(Kind.silent, call.id)] : answered(call.id, answer));
  }

  void _write(Call call, List<Uint8List> pieces) {
    call.ended = true;
    _wire.write(pieces);
  }
}
