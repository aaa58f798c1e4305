die "thrown while loading";
