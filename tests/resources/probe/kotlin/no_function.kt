const val NO_FUNCTION = 1
