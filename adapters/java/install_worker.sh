# Sourced by install.sh and context/install.sh, in the folder of the sources: what they share. POSIX sh.
# shellcheck shell=sh

# pack NAME [JAR…]: makes $target/NAME.jar, which starts a worker, of the classes in $work/NAME and of other jars there.
pack() {
    name=$1
    shift
    # ThreadLocals.java says what is opened. With an option instead, java would not use all of the archive below.
    printf '%s\n' 'Main-Class: runtimeadapter.Worker' 'Add-Opens: java.base/java.lang' >"$work/manifest"
    [ $# -eq 0 ] || echo "Class-Path: $*" >>"$work/manifest"
    # With a date of its own: each entry would have the moment's, and the image other bytes each time.
    jar --create --date 2020-01-01T00:00:00Z --file "$target/$name.jar" --manifest "$work/manifest" -C "$work/$name" .
    date_of "$name"
}

# date_of NAME: an archive of class data is used only with the very jar, whose time must outlive how images are packed.
date_of() {
    touch -d 2020-01-01T00:00:00Z "$target/$1.jar"
    chmod 644 "$target/$1.jar"
}

# train NAME FOLDER: has NAME.jar call the function of a folder, and archives the data of the classes that were loaded.
train() {
    mkdir -p "$work/function/.classes/Index.java"
    cp "$2/Index.java" "$work/function"
    javac -d "$work/function/.classes/Index.java" -cp "$target/$1.jar" "$2/Index.java"
    java training/Training.java "$work/function" java "@$target/$1.options" -Xshare:off \
        -XX:DumpLoadedClassList="$work/classes" -jar "$target/$1.jar" "$work/function/Index.java"
    # Only the larger collector can also archive objects; the one that runs later can read them.
    java "@$target/$1.options" -XX:-UseSerialGC -XX:+UseG1GC \
        -Xshare:dump -XX:SharedClassListFile="$work/classes" >/dev/null
    chmod 644 "$target/$1".*
}
