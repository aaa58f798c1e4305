raise "thrown while loading"
