# Sourced where Kotlin is compiled: in images, and by build.sh.
# shellcheck shell=sh

# kotlinc OPTION…: Kotlin's compiler, which the image has without its commands.
kotlinc() {
    # shellcheck source=/dev/null
    JAVA_VERSION=$(. "$JAVA_HOME/release" && echo "${JAVA_VERSION%%.*}")
    java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -cp "/usr/local/lib/kotlin/compiler/*" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
        -jvm-target "$JAVA_VERSION" -nowarn -no-stdlib -no-reflect "$@"
}
