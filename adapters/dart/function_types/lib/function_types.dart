/// The types under the package's name of 2022 (contract F8).
library;

export 'package:runtime/runtime.dart' show Request, Response;
