#!/bin/sh
# The executable `runtime`: starts the function with what it has brought along, or with the image's, and half of the container's
# memory for its heap. Dart would fill all of it with garbage before it collects any, and the kernel would end it.
own=${0%/*}/lib
memory=max
for limit in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [ ! -r "$limit" ] || read -r memory <"$limit"
done
# A limit beyond a terabyte is none, as cgroups of the first version write it; 0 is none to Dart.
case $memory in
max | ?????????????*) heap=0 ;;
*) heap=$((memory / 2 / 1048576)) ;;
esac
set -- --old_gen_heap_size="$heap" "$own/function.aot"
[ ! -e "$own/ld.so" ] || exec "$own/ld.so" --library-path "$own" "$own/dartaotruntime" "$@"
# A function that takes a context runs in the image that has built it. Its environment has nothing of the gateway's.
set -- "$@" ${RUNTIME_SOCKET+"$RUNTIME_SOCKET"}
unset RUNTIME_SOCKET RUNTIME_SHAPE
exec "$DART_SDK/bin/dartaotruntime" "$@"
