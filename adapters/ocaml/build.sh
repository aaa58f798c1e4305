#!/bin/sh
# Makes an OCaml function the executable `runtime` (contract I3, L2, L3). It is compiled beside the worker in a dune
# project of our own; the user's files are copied there, and stack traces name them where they were.
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.ml
sources=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $entrypoint in
*/*) fail "the entrypoint '$entrypoint' is in a folder; an OCaml function's is beside its other modules, such as 'index.ml'" ;;
esac
# The module of the entrypoint: index.ml is Index.
module=$(basename "$entrypoint" .ml)
module=$(printf '%s' "$module" | cut -c 1 | tr '[:lower:]' '[:upper:]')$(printf '%s' "$module" | cut -c 2-)

[ ! -d "$code/dune.lock" ] || set -- "$code/dune.lock/lock.dune"
refuse "nothing is installed for OCaml, whose packages are the image's; remove it" "$code"/*.opam.locked "$@"
mkdir "$work/function"
cp -r "$code/." "$work/function"
rm -rf "$work/function/runtime" "$work/function/.entrypoint" "$work/function/_build"
# What is packed instead of all is no source (docs/protocol-v5.md, B3): its modules would be there twice.
case ${OPEN_RUNTIMES_OUTPUT_DIRECTORY-} in
'' | . | ./ | *..*) ;;
*) rm -rf "$work/function/$OPEN_RUNTIMES_OUTPUT_DIRECTORY" ;;
esac
[ -f "$work/function/dune" ] || cp "$sources/function.dune" "$work/function/dune"
cp -r "$sources/worker" "$work/worker"
needed='let main (req : Request.t) (res : Response.t) : Response.t = …'
# Of a function that takes a context (docs/protocol-v5.md) these modules are others.
if [ "${RUNTIME_SHAPE-}" = context ]; then
    cp "$sources"/context/*.ml "$work/worker/"
    needed='let main (context : Context.t) : Response.t = …'
fi
cp "$sources/main.dune" "$work/dune"
# The function's own dune-project becomes that of the whole: of another project dune would not see the library.
if [ -f "$work/function/dune-project" ]; then
    mv "$work/function/dune-project" "$work"
else
    echo '(lang dune 3.0)' >"$work/dune-project"
fi
printf 'let () = Runtime_worker.Worker.run Handler.%s.main\n' "$module" >"$work/runtime.ml"

export DUNE_CACHE=disabled
dune build --root "$work" --profile release --display quiet --no-print-directory ./runtime.exe 2>"$work/log" || {
    cat "$work/log" >&2
    fail "the function could not be built; see the error above. It needs: $needed"
}
# The linker's own warnings, that static programs look up names without plug-ins, are no news and no fault of the function.
grep -v -e 'statically linked applications' -e ': in function ' "$work/log" >&2 || true
cp "$work/_build/default/runtime.exe" "$code/runtime"
chmod u+w "$code/runtime"
record_entrypoint
