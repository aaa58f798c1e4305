set -eu
# The run image has no C library that Dart is linked to: it comes along, as it does with a function.
export HOME=/tmp
dart compile aot-snapshot --verbosity=error --output=/usr/code/floor.aot /floor/server.dart
cp "$DART_SDK/bin/dartaotruntime" /usr/code
ldd /usr/code/dartaotruntime >/tmp/libraries
cp -L "$(awk '$1 ~ /^\// { print $1 }' /tmp/libraries)" /usr/code/ld.so
awk '$3 ~ /^\// { print $3 }' /tmp/libraries | xargs -I{} cp -L {} /usr/code
