#!/bin/sh
# Makes a C++ function the executable `runtime` (contract I3, L2, L3). The user's files are compiled where they are, so
# that stack traces name them; nothing else is written there. With RUNTIME_SHAPE=context it is a function of the open-runtimes
# protocol.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
shape=${RUNTIME_SHAPE-}
default=index.cpp
[ "$shape" != context ] || default=index.cc
find_entrypoint "$default"
sources=$PWD
refuse "no package manager is run for C++: bring the libraries along, as CMake's add_subdirectory takes them" \
    "$code/conan.lock" "$code/vcpkg.json"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "$shape" = context ]; then
    # shellcheck source=adapters/cpp/context.sh
    . "$sources/context.sh"
else
    target=runtime
    signature="namespace runtime { Response main(Request req, Response res); }"
    # The project: the nearest CMakeLists.txt at or above the entrypoint, else the entrypoint alone.
    folder=$(dirname "$code/$entrypoint")
    while [ ! -f "$folder/CMakeLists.txt" ] && [ "$folder" != "$code" ]; do folder=$(dirname "$folder"); done

    cmake -S "$sources" -B "$work/build" -Wno-dev --log-level=WARNING -DCMAKE_BUILD_TYPE=Release -DWORKER=/usr/local/lib/runtime-worker.o \
        -DFOLDER="$folder" -DENTRYPOINT="$code/$entrypoint" >"$work/log" 2>&1 ||
        fail "the project could not be read: $(cat "$work/log")"
fi
cmake --build "$work/build" --target "$target" --parallel ||
    fail "the function could not be built; see the error above. It needs: $signature"
cp "$work/build/runtime" "$code/runtime"
record_entrypoint
