/// The two things that a function is called with (contract F2, F3).
library;

import 'dart:convert';
import 'dart:typed_data';

/// What a function is called with: `env` and `headers`, each a `Map<String, String>`, and `payload`, a `String`.
///
/// An alias, because the compiler lets a function called `main` have only a first parameter that could also be a list
/// of arguments.
typedef Request = dynamic;

/// The value of a [Request].
class Asked {
  Asked(this.env, this.headers, this.payload);

  Map<String, String> env;
  Map<String, String> headers;
  String payload;

  /// [env], under its name of 2022.
  Map<String, String> get variables => env;
  set variables(Map<String, String> value) => env = value;
}

/// Takes the function's answer.
class Response {
  Response(this._take);

  final void Function(Answer) _take;

  /// Answers with text; the status is 200 unless another is given.
  Response send(String text, [int status = 200]) => _answer(status, Answer.text, utf8.encoder, text);

  /// Answers with a value as [jsonEncode] writes it; the status is 200 unless another is given.
  Response json(Object? value, [int status = 200]) => _answer(status, Answer.json, JsonUtf8Encoder(), value);

  Response _answer<T>(int status, int type, Converter<T, List<int>> encoder, T value) {
    final body = _Blocks();
    encoder.startChunkedConversion(body)
      ..add(value)
      ..close();
    _take(Answer(status, type, body.blocks));
    return this;
  }
}

/// Bytes in blocks: converted as a whole, a large text needs several times its size.
class _Blocks extends ByteConversionSink {
  final blocks = <Uint8List>[];
  final _block = BytesBuilder();

  @override
  void add(List<int> chunk) {
    _block.add(chunk);
    if (_block.length >= 64 << 10) close();
  }

  @override
  void close() => blocks.add(_block.takeBytes());
}

/// What a function has answered.
class Answer {
  Answer(this.status, this.type, this.body);

  static const text = 0;
  static const json = 1;

  final int status;
  final int type;
  final List<Uint8List> body;
}
