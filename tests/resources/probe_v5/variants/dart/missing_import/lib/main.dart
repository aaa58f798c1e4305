import 'nowhere.dart';

Future<dynamic> main(final context) async => context.res.empty();
