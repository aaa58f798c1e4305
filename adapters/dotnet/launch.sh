#!/bin/sh
# Starts a .NET function (contract L5).
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

# No sockets and files in /tmp for debuggers and profilers.
export COMPlus_EnableDiagnostics=0 DOTNET_EnableDiagnostics=0

exec /usr/local/bin/gateway dotnet /usr/local/src/worker/worker.dll
