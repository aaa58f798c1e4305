#!/bin/sh
# Compiles a .NET function and installs what it declares (contract L2, L3, L4). Each file that holds a function is
# compiled into a folder of its own, .compiled/<file>, so that a request may name any of them.
# With RUNTIME_SHAPE=context functions are those of the open-runtimes protocol (docs/protocol-v5.md).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint Index.cs
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$code"
code=$(pwd -P) # the second protocol's is a link, and the compiler is told where files really are
export DOTNET_CLI_HOME="$work" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No sockets and files in /tmp for debuggers and profilers.
export COMPlus_EnableDiagnostics=0 DOTNET_EnableDiagnostics=0
rm -rf .packages .compiled
mkdir .compiled

# The project that the function brings along: the one in its folder, or beside its entrypoint.
project=
for each in "$code"/*.csproj "$(dirname "$code/$entrypoint")"/*.csproj; do
    [ ! -f "$each" ] || { project=$each && break; }
done

# A project that only says what is so anyway need not be asked: MSBuild takes longer than the compiler.
asks='<(PackageReference|ProjectReference|Reference|FrameworkReference|Compile|EmbeddedResource|Import|Target|UsingTask|LangVersion|Nullable|AllowUnsafeBlocks|DefineConstants|Choose)\b|Condition='
described=
if [ -n "$project" ] && { grep -qE "$asks" "$project" || [ -f Directory.Build.props ] || [ -f Directory.Build.targets ]; }; then
    described=$work/project
    framework=$(sed -n 's/.*"version": "\([0-9]*\.[0-9]*\)\..*/\1/p' "$here/worker/worker.runtimeconfig.json")
    case $framework in 3.*) framework=netcoreapp$framework ;; *) framework=net$framework ;; esac
    case $(uname -m) in aarch64) machine=arm64 ;; *) machine=x64 ;; esac
    compiler=$(cat "$here/builder/compiler")
    sdk=${compiler%/Roslyn/bincore}
    mkdir "$work/.dotnet" # 3.1 welcomes who is new, whatever it was told
    touch "$work/.dotnet/${sdk##*/}.dotnetFirstUseSentinel"
    # Whatever framework the project names, it is this image's that its function runs on. As a property for MSBuild it
    # would be that of the projects that this one refers to, too.
    asked=$(dirname "$project")/.function.csproj
    trap 'rm -rf "$work" "$asked"' EXIT
    sed "s|<TargetFrameworks\?>[^<]*</TargetFrameworks\?>|<TargetFramework>$framework</TargetFramework>|" "$project" >"$asked"
    set -- msbuild "$asked" -nologo -verbosity:quiet -nodeReuse:false \
        -p:RuntimeIdentifier="linux-$machine" -p:CopyLocalLockFileAssemblies=true -p:SelfContained=false -p:UseAppHost=false -p:GenerateAssemblyInfo=false -p:ImplicitUsings=disable \
        -p:UseSharedCompilation=false -p:RestorePackagesPath="$work/nuget" \
        -p:CustomAfterMicrosoftCommonTargets="$here/project.targets" -p:FunctionDescription="$described" -p:FunctionLibraries="$code/.packages"
    packages=$(grep -rhoE --include='*.csproj' --include='Directory.*.props' '<PackageReference[^>]*Include="[^"]*"' . | sed 's/.*Include="//; s/"$//' | sort -u | tr '\n' ' ')
    if [ -n "$packages" ]; then
        /usr/local/src/fetch.sh dotnet "$@" -t:Restore >&2 || fail "the packages could not be restored ($packages); see the error above"
    else
        mkdir "$work/none" # a source without packages: the network is left alone
        dotnet "$@" -t:Restore -p:RestoreSources="$work/none" >&2 || fail "the project $project cannot be read; see the error above"
    fi
    dotnet "$@" -t:DescribeFunction >&2 || fail "the project $project cannot be read; see the error above"
fi

dotnet "$here/builder/builder.dll" "$(cat "$here/builder/compiler")" "$here/worker/worker.dll" "$entrypoint" ${described:+"$described"} ||
    fail "$entrypoint does not compile; see the error above"
if [ -n "$described" ]; then # what MSBuild has left beside each project, and only it needs
    find . -name '*.csproj' | while read -r each; do rm -rf "$(dirname "$each")/bin" "$(dirname "$each")/obj"; done
fi
record_entrypoint
