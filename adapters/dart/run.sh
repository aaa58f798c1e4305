#!/bin/sh
# The executable `runtime`: starts the function with the libraries that it has brought along, and half of the container's
# memory for its heap. Dart would fill all of it with garbage before it collects any, and the kernel would end it.
own=/usr/code/lib
memory=max
for limit in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [ ! -r "$limit" ] || read -r memory <"$limit"
done
# A limit beyond a terabyte is none, as cgroups of the first version write it; 0 is none to Dart.
case $memory in
max | ?????????????*) heap=0 ;;
*) heap=$((memory / 2 / 1048576)) ;;
esac
exec "$own/ld.so" --library-path "$own" "$own/dartaotruntime" --old_gen_heap_size="$heap" "$own/function.aot"
