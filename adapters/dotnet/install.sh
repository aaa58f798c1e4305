#!/bin/sh
# Installs the adapter in an image, as root in a Dockerfile: compiles the worker and the builder with the SDK's compiler.
set -eu
cd "$(dirname "$0")"
target=/usr/local/src
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
newest() { find "$1" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1; }
sdk=$(newest "$dotnet/sdk")
compiler=$sdk/Roslyn/bincore
runtime=$(newest "$dotnet/shared/Microsoft.NETCore.App")

# The runtime of 3.1 gives each thread that it starts the processors of its process, which threads have anyhow. The C
# library does that by the thread's number, and the gateway lets workers change the scheduling of nothing by its number
# (contract R4): no thread could start. The function of the same form that only reads takes its place.
if grep -q pthread_attr_setaffinity_np "$runtime/libcoreclr.so"; then
    sed -i s/pthread_attr_setaffinity_np/pthread_attr_getaffinity_np/ "$runtime/libcoreclr.so"
fi

references=$(find "$(newest "$dotnet/packs/Microsoft.NETCore.App.Ref")/ref" -name '*.dll' | sort | sed 's/^/-reference:/')

# compile NAME OPTION…: a program of the folder of that name; the same bytes each time.
compile() {
    name=$1
    shift
    mkdir -p "$target/$name"
    # shellcheck disable=SC2086 # one word a line
    dotnet "$compiler/csc.dll" -nologo -noconfig -nostdlib -deterministic -optimize -debug- -langversion:8 -warnaserror -nowarn:1701,1702 -pathmap:"$PWD=/" \
        -target:exe -out:"$target/$name/$name.dll" $references "$@" "$name"/*.cs
}
compile worker
compile builder -reference:"$compiler/Microsoft.CodeAnalysis.dll" -reference:"$compiler/Microsoft.CodeAnalysis.CSharp.dll"

# options NAME PROPERTIES: how the runtime runs a program.
options() {
    version=${runtime##*/}
    cat >"$target/$1/$1.runtimeconfig.json" <<JSON
{
  "runtimeOptions": {
    "framework": { "name": "Microsoft.NETCore.App", "version": "$version" },
    "configProperties": { "System.Globalization.Invariant": true, "System.GC.Concurrent": false$2 }
  }
}
JSON
}
options worker ''
options builder ''
printf '%s\n' "$compiler" >"$target/builder/compiler"
cp build.sh launch.sh project.targets "$target"
chmod -R u=rwX,go=rX "$target"
chmod 755 "$target"/*.sh
