/// What a function of the open-runtimes protocol is called with (docs/protocol-v5.md, V14, V19 to V28).
library;

import 'dart:convert';
import 'dart:typed_data';

import 'errors.dart';
import 'frames.dart' show textOf;

/// The one argument of `main`.
class RuntimeContext {
  RuntimeContext(this.req, this._tell);

  final RuntimeRequest req;
  final res = const RuntimeResponse();

  /// Takes an entry: its stream and its text. Null once the call has ended, or if nothing is wanted.
  void Function(int stream, String text)? _tell;

  static const _logs = 0;
  static const _errors = 1;

  /// Adds an entry to the request's logs.
  void log(Object? value) => _tell?.call(_logs, _entry(value));

  /// Adds an entry to the request's errors; with the stack trace that `catch (error, trace)` has, if it is given.
  void error(Object? value, [StackTrace? trace]) =>
      _tell?.call(_errors, trace == null ? _entry(value) : describe(value ?? 'null', trace));

  /// What is logged from now on is not this call's (V34).
  void close() => _tell = null;

  /// A value as text: lists and maps as JSON, errors with their stack trace, the rest as Dart writes it.
  static String _entry(Object? value) {
    switch (value) {
      case Error(:final stackTrace?):
        return describe(value, stackTrace);
      case Map() || List():
        try {
          return jsonEncode(value);
        } catch (_) {
          // JSON has no form for it.
        }
    }
    try {
      return '$value';
    } catch (_) {
      return '${value.runtimeType}'; // what the object has to say of itself is an error
    }
  }
}

/// What the function was asked. The forms of the body are made when they are asked for (V24).
class RuntimeRequest {
  RuntimeRequest({
    required this.method,
    required this.scheme,
    required this.host,
    required this.port,
    required this.path,
    required this.queryString,
    required this.url,
    required this.query,
    required this.headers,
    required this.bodyBinary,
  });

  final String method;
  final String scheme;
  final String host;
  final int port;
  final String path;
  final String queryString;
  final String url;
  final Map<String, String> query;
  final Map<String, String> headers;
  final Uint8List bodyBinary;

  /// The body as text; what is not UTF-8 becomes U+FFFD.
  String get bodyText => textOf(bodyBinary);

  /// The old name of [bodyText].
  String get bodyRaw => bodyText;

  /// The body, parsed. Throws a [FormatException] if it is no JSON.
  dynamic get bodyJson {
    try {
      return jsonDecode(bodyText);
    } on FormatException catch (error) {
      throw FormatException('the body is no JSON: ${error.message}');
    }
  }

  /// [bodyJson] if the Content-Type says JSON, an empty map for an empty body; else [bodyText].
  dynamic get body {
    if (!(headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) return bodyText;
    return bodyBinary.isEmpty ? <String, dynamic>{} : bodyJson;
  }
}

/// Makes what a function returns: a map with `body`, `statusCode` and `headers` (V27).
class RuntimeResponse {
  const RuntimeResponse();

  /// Bytes.
  Map<String, dynamic> binary(List<int> bytes, [int statusCode = 200, Map<String, dynamic> headers = const {}]) => {
    'body': bytes,
    'statusCode': statusCode,
    'headers': headers,
  };

  /// Text, as UTF-8.
  Map<String, dynamic> text(String body, [int statusCode = 200, Map<String, dynamic> headers = const {}]) =>
      binary(utf8.encode(body), statusCode, headers);

  /// A value as [jsonEncode] writes it.
  Map<String, dynamic> json(Object? value, [int statusCode = 200, Map<String, dynamic> headers = const {}]) =>
      binary(JsonUtf8Encoder().convert(value), statusCode, {...headers, 'content-type': 'application/json'});

  /// No content.
  Map<String, dynamic> empty() => text('', 204);

  /// No content, and where to go.
  Map<String, dynamic> redirect(String url, [int statusCode = 301, Map<String, dynamic> headers = const {}]) =>
      text('', statusCode, {...headers, 'location': url});

  /// The old name of [text].
  Map<String, dynamic> send(String body, [int statusCode = 200, Map<String, dynamic> headers = const {}]) =>
      text(body, statusCode, headers);
}

/// The status, headers and bytes of what a function has returned; it may have made the map itself.
(int, List<(String, String)>, Uint8List) resultOf(Object returned) {
  if (returned is! Map) {
    throw ArgumentError('the function must return what context.res gives, not a ${returned.runtimeType}');
  }
  final status = returned['statusCode'] ?? 200;
  if (status is! int) throw ArgumentError('the status must be an int, not $status');
  final headers = <(String, String)>[];
  for (final MapEntry(:key, :value) in ((returned['headers'] ?? const {}) as Map).entries) {
    for (final each in value is Iterable ? value : [value]) {
      if (each != null) headers.add(('$key', '$each'));
    }
  }
  return (status, headers, _bytes(returned['body']));
}

Uint8List _bytes(Object? body) => switch (body) {
  null => Uint8List(0),
  Uint8List() => body,
  List<int>() => Uint8List.fromList(body),
  _ => utf8.encode('$body'),
};
