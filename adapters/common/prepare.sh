#!/bin/sh
# Gives an image its user, its folders and its hygiene (contract I4, I6). Run as root in a Dockerfile, last of the
# commands that install something.
set -eu
[ "$(id -u)" -eq 0 ] || {
    echo "prepare.sh: must be run as root, in a Dockerfile's RUN before USER" >&2
    exit 1
}

# add DATABASE NAME ID LINE: the tools for this differ between distributions; the files do not.
add() {
    held=$(grep "^$2:" "$1" | cut -d : -f 3) || held=
    case $held in
    "$3") ;;
    '') printf '%s\n' "$4" >>"$1" ;;
    *)
        echo "prepare.sh: '$2' has id $held in $1, but the contract says $3; use another base image" >&2
        exit 1
        ;;
    esac
}
touch /etc/group /etc/passwd
add /etc/group appwrite 2000 'appwrite:x:2000:'
# "*": there is no password, so no entry in /etc/shadow is needed.
add /etc/passwd appwrite 2001 'appwrite:*:2001:2000:runs functions:/tmp:/bin/false'

mkdir -p /usr/local/src /usr/code /usr/workspace /usr/builtCode
# The user's: an archive with an entry for "." sets mode and time of the folder it lands in, which only its owner may.
chown 2001:2000 /usr/code /usr/workspace /usr/builtCode
chmod 1777 /usr/code /usr/workspace /usr/builtCode
chown -R 0:0 /usr/local/src
chmod -R u=rwX,go=rX /usr/local/src

find / -xdev -type f \( -perm -4000 -o -perm -2000 \) -exec chmod a-s {} +

# Package lists, caches and logs: weight, and different in every build.
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/apk/* /var/cache/debconf/*-old /var/cache/ldconfig/* \
    /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/log/bootstrap.log "${HOME:?}/.cache"
