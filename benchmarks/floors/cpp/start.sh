exec /usr/code/floor
