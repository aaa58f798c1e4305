set -eu
read -r compiler </usr/local/src/builder/compiler
packs=${compiler%/sdk/*}/packs
references=$(find "$packs"/Microsoft.NETCore.App.Ref/*/ref "$packs"/Microsoft.AspNetCore.App.Ref/*/ref -name '*.dll' | sed 's/^/-reference:/')
# shellcheck disable=SC2086 # one word a line
dotnet "$compiler/csc.dll" -nologo -noconfig -nostdlib -optimize -nowarn:1701,1702 $references -out:/usr/code/server.dll /floor/Server.cs
sed 's/Microsoft.NETCore.App/Microsoft.AspNetCore.App/' /usr/local/src/worker/worker.runtimeconfig.json >/usr/code/server.runtimeconfig.json
