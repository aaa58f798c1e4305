// The probe as a function that is not `async`, whose answer may come later.
import 'dart:async';

import 'probe.dart';

FutureOr<dynamic> main(final context, [String? more]) => probe(context);
