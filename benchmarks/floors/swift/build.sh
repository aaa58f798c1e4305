set -eu
swiftc -O -static-stdlib -parse-as-library -Xclang-linker -static -o /usr/code/floor /floor/server.swift
