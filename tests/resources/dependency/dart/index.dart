import 'package:pub_semver/pub_semver.dart';
import 'package:runtime/runtime.dart';

void main(Request req, Response res) {
  try {
    final version = Version.parse(req.payload);
    res.json({'version': '$version', 'compatible': VersionConstraint.parse('^1.2.0').allows(version)});
  } on FormatException catch (error) {
    res.send(error.message, 400);
  }
}
