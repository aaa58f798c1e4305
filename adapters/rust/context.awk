# Makes the manifest of a function that takes a context: the user's Cargo.toml, whose library is the entrypoint, whatever
# it says itself, with one program, and with the worker among its dependencies.

/^[ \t]*\[/ {
    section = $0
    gsub(/#.*|[][ \t"']/, "", section)
    dropped = section ~ /^(lib|bin|test|example|bench)(\.|$)/
}

# A program that is not there any more.
section == "package" && /^[ \t]*default-run[ \t]*=/ { next }

!dropped

END {
    printf "\n[lib]\nname = \"handler\"\npath = \"%s\"\n", entrypoint
    printf "\n[[bin]]\nname = \"runtime\"\npath = \"%s\"\n", main
    printf "\n[dependencies.runtime-worker]\npath = \"%s\"\nfeatures = [\"context\"]\n", worker
}
