# Makes the manifest of the crate that the function is compiled in: of the user's Cargo.toml all but what describes a
# package and its targets, and the worker with what it needs, unless the user asks for a version of that.

BEGIN {
    printf "[package]\nname = \"function\"\nversion = \"0.0.0\"\nedition = \"%s\"\n\n", edition
    printf "[[bin]]\nname = \"runtime\"\npath = \"%s\"\n\n", main
}

/^[ \t]*\[/ {
    section = $0
    gsub(/#.*|[][ \t"']/, "", section)
    kept = section ~ /^(dependencies|build-dependencies|target|patch|features|profile|lints)(\.|$)/
    if (section ~ /^dependencies\./) asked[substr(section, 14)] = 1
}

section == "dependencies" && /=/ {
    name = $0
    gsub(/[ \t"']|[.=].*/, "", name)
    asked[name] = 1
}

kept

END {
    printf "\n[dependencies.runtime-worker]\npath = \"%s\"\n", worker
    if (!("serde" in asked)) printf "\n[dependencies.serde]\nversion = \"1\"\nfeatures = [\"derive\"]\n"
    if (!("serde_json" in asked)) printf "\n[dependencies.serde_json]\nversion = \"1\"\n"
}
