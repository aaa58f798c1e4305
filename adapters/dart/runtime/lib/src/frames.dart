/// The frames between gateway and worker, as docs/worker-protocol.md describes them.
library;

import 'dart:convert';
import 'dart:typed_data';

import 'context.dart';
import 'function.dart';

/// What a frame is.
abstract final class Kind {
  static const request = 0x01;
  static const ping = 0x02;
  static const call = 0x04;
  static const output = 0x05;
  static const ready = 0x11;
  static const started = 0x13;
  static const answer = 0x14;
  static const error = 0x15;
  static const pong = 0x16;
  static const silent = 0x17;
  static const log = 0x18;
  static const result = 0x19;
}

const _serial = 0;
const _shared = 2;
const _takesContext = 2;
const _changesItsOutput = 4;
const _size = 4;
const _head = 9;

/// A frame whose body is put together from parts.
Uint8List frame(int kind, int id, [List<Uint8List> parts = const []]) {
  final size = parts.fold(_head, (size, part) => size + part.length);
  final bytes = Uint8List(size);
  ByteData.sublistView(bytes)
    ..setUint32(0, size - _size)
    ..setUint8(4, kind)
    ..setUint32(5, id);
  var at = _head;
  for (final part in parts) {
    bytes.setAll(at, part);
    at += part.length;
  }
  return bytes;
}

/// READY: shared, so many requests at a time.
Uint8List ready(int concurrency) => frame(Kind.ready, 0, [
  Uint8List.fromList([_shared]),
  _u32(concurrency),
]);

/// READY: serial, of a function that takes a context.
Uint8List readyForContext() => frame(Kind.ready, 0, [
  Uint8List.fromList([_serial]),
  _u32(1),
  Uint8List.fromList([_takesContext | _changesItsOutput]),
]);

/// LOG: an entry that the function has made itself.
Uint8List logged(int id, int stream, String text) => frame(Kind.log, id, [
  Uint8List.fromList([stream, 0]),
  utf8.encode(text),
]);

/// RESULT, in blocks; the status as in ANSWER.
List<Uint8List> resulted(int id, int status, List<(String, String)> headers, Uint8List body) {
  final head = frame(Kind.result, id, [
    _u32(_i32(status)),
    _u32(headers.length),
    for (final (name, value) in headers) ...[..._sized(name), ..._sized(value)],
  ]);
  ByteData.sublistView(head).setUint32(0, head.length + body.length - _size);
  return [head, body];
}

/// ANSWER, in blocks. A status that no i32 can hold is out of range anyway, which the gateway says.
List<Uint8List> answered(int id, Answer answer) {
  final head = frame(Kind.answer, id, [
    _u32(_i32(answer.status)),
    Uint8List.fromList([answer.type]),
  ]);
  final size = answer.body.fold(head.length, (size, block) => size + block.length);
  ByteData.sublistView(head).setUint32(0, size - _size);
  return [head, ...answer.body];
}

int _i32(int status) => status == status.toSigned(32) ? status : -1;

/// ERROR 500.
Uint8List failed(int id, String message) => frame(Kind.error, id, [
  Uint8List.fromList([500 >> 8, 500 & 0xff]),
  ..._sized(message),
]);

List<Uint8List> _sized(String text) {
  final bytes = utf8.encode(text);
  return [_u32(bytes.length), bytes];
}

Uint8List _u32(int value) => Uint8List(4)..buffer.asByteData().setUint32(0, value);

/// Puts frames together from what the socket reads; every byte is copied once.
class FrameReader {
  var _frame = Uint8List(_size);
  var _filled = 0;

  /// Hands on every frame that [chunk] completes, and keeps none of them: large ones leave little room.
  void add(Uint8List chunk, void Function(Uint8List frame) take) {
    for (var at = 0; at < chunk.length;) {
      final end = at + _frame.length - _filled;
      final until = end < chunk.length ? end : chunk.length;
      _frame.setRange(_filled, _filled + until - at, chunk, at);
      _filled += until - at;
      at = until;
      if (_filled < _frame.length) return;
      final whole = _frame;
      if (_filled == _size) {
        _frame = Uint8List(_size + ByteData.sublistView(whole).getUint32(0))..setAll(0, whole);
      } else {
        _frame = Uint8List(_size);
        _filled = 0;
        take(whole);
      }
    }
  }
}

/// A frame's kind.
int kindOf(Uint8List frame) => frame[4];

/// A frame's number.
int idOf(Uint8List frame) => ByteData.sublistView(frame).getUint32(5);

/// What a REQUEST asks.
Asked readRequest(Uint8List frame) {
  final body = _Body(frame);
  return Asked(body.map(), body.map(), body.string());
}

/// The folder that an OUTPUT names.
String readOutput(Uint8List frame) => _Body(frame).string();

/// What a CALL asks, and whether what the function logs is wanted.
(RuntimeRequest, bool) readCall(Uint8List frame) {
  final body = _Body(frame);
  final flags = body.byte();
  final request = RuntimeRequest(
    method: body.string(),
    scheme: body.string(),
    host: body.string(),
    port: body.short(),
    path: body.string(),
    queryString: body.string(),
    url: body.string(),
    query: body.map(),
    headers: body.map(),
    bodyBinary: body.rest(),
  );
  return (request, flags & 1 != 0);
}

/// Takes a frame's body apart.
class _Body {
  _Body(this._frame) : _data = ByteData.sublistView(_frame);

  final Uint8List _frame;
  final ByteData _data;
  var _at = _head;

  int byte() => _data.getUint8(_at++);

  int short() => _data.getUint16((_at += 2) - 2);

  int _number() => _data.getUint32((_at += 4) - 4);

  String string() {
    final size = _number();
    return textOf(Uint8List.sublistView(_frame, _at, _at += size));
  }

  Map<String, String> map() => {for (var count = _number(); count > 0; count--) string(): string()};

  Uint8List rest() => Uint8List.sublistView(_frame, _at);
}

/// The text as it is: [utf8] would leave out a byte order mark at its beginning. What is not UTF-8 becomes U+FFFD.
String textOf(Uint8List bytes) {
  final marked = bytes.length >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf;
  return marked ? '\uFEFF${textOf(Uint8List.sublistView(bytes, 3))}' : utf8.decode(bytes, allowMalformed: true);
}
