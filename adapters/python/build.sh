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
packages_kept || rm -rf "$packages"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=${RUNTIME_CACHE:-$work/cache}
wanted=$work/requirements.txt
export UV_CACHE_DIR="$cache/uv" UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_LINK_MODE=copy POETRY_CACHE_DIR="$cache/poetry" \
    POETRY_CONFIG_DIR="$work" POETRY_VIRTUALENVS_CREATE=false PIPENV_CACHE_DIR="$cache/pipenv" PIPENV_PIPFILE="$code/Pipfile"

# pip_into FOLDER WORD…: puts packages there.
pip_into() {
    folder=$1
    shift
    /usr/local/src/fetch.sh python3 -m pip install --target "$folder" --cache-dir "$cache/pip" --no-compile --no-input --disable-pip-version-check "$@"
}
install() {
    pip_into "$packages" "$@" || fail "the dependencies could not be installed; see the error above"
}
# tool NAME WORD…: runs a tool that the image lacks, of the version and with the hashes of tools/NAME.txt, apart from the function.
tool() {
    name=$1
    shift
    [ -d "$work/$name" ] || pip_into "$work/$name" --quiet --no-deps --require-hashes --only-binary :all: -r "$here/tools/$name.txt" ||
        fail "$name, which $lock needs, could not be installed; see the error above"
    PATH="$work/$name/bin:$PATH" PYTHONPATH="$work/$name" "$@" || fail "$lock could not be read, or does not fit what it was made from; see the error above"
}

only_one requirements.txt uv.lock poetry.lock Pipfile.lock pylock.toml pdm.lock
refuse "export it with 'pdm export' as requirements.txt, and send that instead" pdm.lock
[ "$lock" = Pipfile.lock ] || refuse "make a Pipfile.lock with 'pipenv lock'" Pipfile
packages_kept || case $lock in
requirements.txt) install -r requirements.txt ;;
uv.lock)
    # pip knows no index that only uv is told of.
    set -- --locked --no-dev --no-emit-project --no-header --no-annotate --quiet --output-file "$wanted"
    ! grep -qs -e '^\[\[tool\.uv\.index\]\]' -e '^\[\[index\]\]' pyproject.toml uv.toml || set -- "$@" --emit-index-url
    tool uv /usr/local/src/fetch.sh uv export "$@"
    install --no-deps -r "$wanted"
    ;;
pylock.toml)
    tool uv /usr/local/src/fetch.sh uv pip install --target "$packages" --no-deps --quiet -r pylock.toml
    ;;
poetry.lock)
    tool poetry poetry export --only main --format requirements.txt --output "$wanted"
    install --no-deps -r "$wanted"
    ;;
Pipfile.lock)
    tool pipenv pipenv verify
    tool pipenv pipenv requirements --hash >"$wanted"
    # The user's own index instead of the public one.
    [ -z "${PIP_INDEX_URL-}" ] || sed -i '/^-i /d' "$wanted"
    install --no-deps -r "$wanted"
    ;;
'')
    if [ -f pyproject.toml ]; then
        python3 -I "$here/project_dependencies.py" pyproject.toml >"$wanted" || fail "pyproject.toml cannot be read"
        [ ! -s "$wanted" ] || install -r "$wanted"
    fi
    ;;
esac

compile -qq . || :
record_entrypoint
