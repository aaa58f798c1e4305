#!/bin/sh
# Makes a Node function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.js
here=$PWD
cd "$code"

# --check knows JavaScript only.
case $entrypoint in
*.js | *.mjs | *.cjs) node --check "$code/$entrypoint" || fail "$entrypoint does not parse; see the error above" ;;
*.ts | *.mts | *.cts)
    [ "$(node -p '!!process.features.typescript')" = true ] ||
        fail "$entrypoint is TypeScript, which Node $(node -p 'process.versions.node') does not run; compile it to JavaScript, or use Node 22 or newer"
    ;;
esac

declares_dependencies() {
    node -e '
        const declared = JSON.parse(require("fs").readFileSync("package.json", "utf8"));
        const names = { ...declared.dependencies, ...declared.optionalDependencies };
        process.exit(Object.keys(names).length > 0 ? 0 : 3);
    ' || {
        [ $? -eq 3 ] || fail "package.json cannot be read; see the error above"
        return 1
    }
}

# fetched TOOL: has a tool at hand that the image lacks, of the version and with the hash of tools/package-lock.json.
fetched() {
    node "$here/tools/only.js" "$1" "$work/tool"
    # The function's own settings say where packages come from.
    [ ! -f .npmrc ] || export npm_config_userconfig="$code/.npmrc"
    (cd "$work/tool" && /usr/local/src/fetch.sh npm ci --engine-strict --ignore-scripts --cache "$cache/npm" --no-audit --no-fund --no-update-notifier) ||
        fail "$1, which $lock needs, could not be installed; see the error above"
    PATH="$work/tool/node_modules/.bin:$PATH"
}

with_npm() {
    # With a lock file exactly what it says; without one nothing is left behind but node_modules.
    if [ -n "$lock" ]; then set -- ci; else set -- install --no-package-lock; fi
    /usr/local/src/fetch.sh npm "$@" --omit=dev --cache "$cache/npm" --no-audit --no-fund --no-update-notifier
}

# The tools must not replace themselves by another version of theirs, which no hash would vouch for.
with_pnpm() {
    version=$(sed -n "s/^lockfileVersion: *'\{0,1\}\([0-9]*\).*/\1/p" "$lock")
    case $version in
    5) fetched pnpm-7 ;;
    6) fetched pnpm-8 ;;
    9) fetched pnpm-10 ;;
    *) fail "$lock is of version '$version', which no pnpm known here reads; make it again with pnpm 10" ;;
    esac
    CI=true npm_config_manage_package_manager_versions=false npm_config_package_manager_strict=false \
        XDG_CACHE_HOME="$cache" XDG_STATE_HOME="$work" \
        /usr/local/src/fetch.sh pnpm install --frozen-lockfile --prod --store-dir "$cache/pnpm" --package-import-method copy --reporter append-only
}

with_yarn() {
    version=$(sed -n '/^__metadata:/,/^$/s/^ *version: *\([0-9]*\)$/\1/p' "$lock")
    export YARN_IGNORE_PATH=1
    cp -p "$lock" "$work/lock"
    if [ -z "$version" ]; then
        fetched yarn-1
        # Its files name the public registry by a second name, which a registry of the user's own replaces, too.
        sed -i "s#https\{0,1\}://registry\.\(yarnpkg\|npmjs\)\.[a-z]*/#$registry#" "$lock"
        mkdir -p "$cache/yarn-1"
        npm_config_registry=$registry SKIP_YARN_COREPACK_CHECK=1 \
            /usr/local/src/fetch.sh yarn install --frozen-lockfile --production --non-interactive --no-progress \
            --cache-folder "$cache/yarn-1" --mutex "file:$cache/yarn-1/.mutex" || return
    else
        # Of the same format each version counts itself: it would be the only difference.
        if [ "$version" -lt 8 ]; then fetched yarn-3 && newest=6; else fetched yarn-4 && newest=10; fi
        sed -i "/^__metadata:/,/^\$/s/^\( *version: *\)$version\$/\1$newest/" "$lock"
        grep -qs '^npmRegistryServer:' .yarnrc.yml || export YARN_NPM_REGISTRY_SERVER="$registry"
        export YARN_NODE_LINKER=node-modules YARN_ENABLE_GLOBAL_CACHE=true YARN_GLOBAL_FOLDER="$cache/yarn" YARN_ENABLE_TELEMETRY=false \
            YARN_INSTALL_STATE_PATH="$work/install-state.gz" YARN_ENABLE_PROGRESS_BARS=false YARN_ENABLE_COLORS=false
        case $registry in
        http:*)
            host=${registry#*://}
            export YARN_UNSAFE_HTTP_WHITELIST="${host%%[:/]*}"
            ;;
        esac
        /usr/local/src/fetch.sh yarn install --immutable || return
        # Yarn 3 cannot leave out what is for development only.
        [ "$newest" = 6 ] || /usr/local/src/fetch.sh yarn workspaces focus --production || return
    fi
    cp -p "$work/lock" "$lock"
}

others="yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock"
# npm itself does not read a package-lock.json beside a npm-shrinkwrap.json.
if [ -f npm-shrinkwrap.json ]; then set -- npm-shrinkwrap.json; else set -- package-lock.json; fi
# shellcheck disable=SC2086 # a list of words
only_one "$1" $others
refuse "install with npm, Yarn or pnpm and send that one's lock file, or use the tool's own runtime" bun.lock bun.lockb deno.lock
[ -z "$lock" ] || [ -f package.json ] || fail "$lock is there without the package.json that it belongs to; add it, or remove $lock"
if ! packages_kept && [ -f package.json ] && declares_dependencies; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cache=${RUNTIME_CACHE:-$work/cache}
    registry=$(npm config get registry)
    registry=${registry%/}/
    case $lock in
    yarn.lock) with_yarn ;;
    pnpm-lock.yaml) with_pnpm ;;
    *) with_npm ;;
    esac || fail "the dependencies could not be installed; see the error above"
fi

record_entrypoint
