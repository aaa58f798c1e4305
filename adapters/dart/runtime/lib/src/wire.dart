/// The connection to the gateway.
library;

import 'dart:async';
import 'dart:collection';
import 'dart:io';
import 'dart:typed_data';

import 'frames.dart';

/// Reads and writes frames. A [RawSocket] writes at once, not when the event loop comes to it: what was written before
/// the function began is on the wire even if the function never lets go.
class Wire {
  Wire(this._socket, void Function(Uint8List frame) take) {
    final reader = FrameReader();
    _socket.listen(
      (event) {
        switch (event) {
          case RawSocketEvent.read:
            final chunk = _socket.read();
            if (chunk != null) reader.add(chunk, take);
          case RawSocketEvent.write:
            _flush();
          default: // the gateway is gone
            exit(0);
        }
      },
      onError: (Object _) => exit(0),
      onDone: () => exit(0),
    );
  }

  final RawSocket _socket;
  final _waiting = Queue<Uint8List>();

  /// How much of the first one that waits has been written.
  var _written = 0;
  Completer<void>? _empty;

  /// Writes a frame, whole or in pieces, or what the socket takes of it; the rest follows.
  void write(List<Uint8List> pieces) {
    final idle = _waiting.isEmpty;
    _waiting.addAll(pieces);
    if (idle) _flush();
  }

  /// Completes when all is on the wire; null if it is.
  Future<void>? get flushed => _waiting.isEmpty ? null : (_empty ??= Completer<void>()).future;

  void _flush() {
    while (_waiting.isNotEmpty) {
      final frame = _waiting.first;
      _written += _socket.write(frame, _written);
      if (_written < frame.length) {
        _socket.writeEventsEnabled = true;
        return;
      }
      _waiting.removeFirst();
      _written = 0;
    }
    _empty?.complete();
    _empty = null;
  }
}
