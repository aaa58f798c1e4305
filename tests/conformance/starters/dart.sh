check() { dart analyze --fatal-infos && dart format --output none --set-exit-if-changed .; }
