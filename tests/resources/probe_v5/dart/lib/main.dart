// The probe of the open-runtimes protocol; what it does is beside it, so that other forms can do it, too.
import 'probe.dart';

Future<dynamic> main(final context) async => probe(context);
