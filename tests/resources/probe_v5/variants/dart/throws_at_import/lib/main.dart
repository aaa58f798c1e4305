// Nothing of Dart runs before `main`; but constants are made when it is compiled.
class Made {
  const Made() : assert(1 > 2, 'thrown while loading');
}

Future<dynamic> main(final context) async => context.res.text('${const Made()}');
