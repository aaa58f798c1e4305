# .NET: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=Index.cs
# What compile leaves, and the worker loads.
program=".compiled .packages"

# prepare: before the install command, in the folder of the build.
prepare() { :; }

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway. No sockets and files in /tmp for debuggers and profilers; stack traces name the files of
# the folder in which functions are compiled.
serve() {
    export COMPlus_EnableDiagnostics=0 DOTNET_EnableDiagnostics=0
    exec gateway --protocol open-runtimes dotnet /usr/local/src/worker/worker.dll "$build"
}
