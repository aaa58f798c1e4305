#!/bin/sh
# Makes a Python function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.py
here=$PWD
cd "$code"

# checked-hash: archives need not keep the time of files, by which Python else judges what it has compiled.
compile() { python3 -I -X utf8 -m compileall --invalidation-mode checked-hash "$@"; }

# Only the entrypoint must be right: what else lies in the folder may not be for this Python, or not for running.
compile -q "$entrypoint" || fail "$entrypoint does not compile; see the error above"

# In the archive, and out of the way of the image's own packages.
packages=$code/.python-packages
rm -rf "$packages"
install() {
    /usr/local/src/fetch.sh python3 -m pip install --target "$packages" --no-cache-dir --no-compile --no-input --disable-pip-version-check \
        "$@" || fail "the dependencies could not be installed; see the error above"
}
if [ -f requirements.txt ]; then
    install -r requirements.txt
elif [ -f pyproject.toml ]; then
    wanted=$(mktemp)
    trap 'rm -f "$wanted"' EXIT
    python3 -I "$here/project_dependencies.py" pyproject.toml >"$wanted" || fail "pyproject.toml cannot be read"
    [ ! -s "$wanted" ] || install -r "$wanted"
fi

compile -qq . || :
record_entrypoint
