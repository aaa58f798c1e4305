# Sourced by build.sh for a function that takes a context: the class runtime::Handler in the entrypoint's file.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # build.sh's variables

target=cpp_runtime
signature="namespace runtime { class Handler { public: static RuntimeOutput main(RuntimeContext& context); }; }"
# The function's folder is a part of the project, under the name that users' CMakeLists.txt know it by.
mkdir "$work/project"
cp "$sources/context/CMakeLists.txt" "$work/project/"
ln -s "$code" "$work/project/src"
cmake -S "$work/project" -B "$work/build" -Wno-dev --log-level=WARNING -DCMAKE_BUILD_TYPE=Release \
    -DADAPTER="$sources" -DWORKER=/usr/local/lib/runtime-context.o -DENTRYPOINT="$code/$entrypoint" \
    -DCODE="$code" -DHOME_OF_FUNCTION=/usr/local/server/src/function >"$work/log" 2>&1 ||
    fail "the project could not be read: $(cat "$work/log")"
