set -eu
export HOME=/tmp
dart compile exe --verbosity=error --output=/usr/code/floor /floor/server.dart
