/// What a function is called with, for editors and tests. The runtime has a package of its own with this name.
library;

/// With `env` and `headers`, each a `Map<String, String>`, and `payload`, a `String`.
///
/// An alias, because Dart lets a function called `main` have only a first parameter that could be a list of arguments.
typedef Request = dynamic;

class Response {
  /// [take] is given the status and the value of an answer.
  Response(this.take);

  final void Function(int status, Object? value) take;

  /// Answers with text.
  Response send(String text, [int status = 200]) => json(text, status);

  /// Answers with a value as JSON.
  Response json(Object? value, [int status = 200]) {
    take(status, value);
    return this;
  }
}
