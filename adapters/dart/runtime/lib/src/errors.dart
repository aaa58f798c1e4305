/// Turns anything that a function can throw into a message (contract E2, E3).
library;

/// Longest text of an error, in characters: leaves room for the stack trace in the 8 KiB of a message (contract E2).
const _textLimit = 1000;

/// Most stack frames shown.
const _frameLimit = 30;

/// A line of a stack trace: `#1      main (file:///usr/code/index.dart:3)`.
final _line = RegExp(r'^#\d+ +(.+) \((?:file://)?(.+)\)$', multiLine: true);

/// Type, text and the function's own stack frames.
String describe(Object error, StackTrace trace) => '${_describeOne(error)}${_frames('$trace')}';

String _describeOne(Object error) {
  var type = 'Object';
  try {
    // Exception('…') is an _Exception, and says Exception by itself.
    type = '${error.runtimeType}'.replaceFirst(RegExp('^_+'), '');
    final text = '$error';
    final whole = text.startsWith(type) ? text : '$type: $text';
    return whole.length > _textLimit ? String.fromCharCodes(whole.runes.take(_textLimit)) : whole;
  } catch (_) {
    return '$type that throws when it is looked at';
  }
}

/// The frames that are neither the language's nor the worker's.
String _frames(String trace) => _line
    .allMatches(trace)
    .where((line) => !line[2]!.startsWith(RegExp('dart:|package:runtime/')))
    .take(_frameLimit)
    .map((line) => '\n    at ${line[1]} (${line[2]})')
    .join();
