# The image has the compiler without its commands. Both are called with `-cp build` first, or the compiler without.
kotlin=/usr/local/lib/kotlin
kotlinc() {
    classes=
    [ "$1" != -cp ] || { classes=build: && shift 2; }
    java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$kotlin/compiler/*" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
        -Wextra -Werror -no-stdlib -cp "$classes$(echo $kotlin/library/kotlin-stdlib-*)" "$@"
}
kotlin() {
    shift 2
    java -cp "build:$kotlin/library/*" "$@"
}
