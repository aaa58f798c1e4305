raise RuntimeError("thrown while loading")
