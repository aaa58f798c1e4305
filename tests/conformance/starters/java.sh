# Warnings are errors.
export JDK_JAVAC_OPTIONS='-Xlint:all -Werror'
