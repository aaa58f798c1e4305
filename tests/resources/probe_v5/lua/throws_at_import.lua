error("thrown while loading")
