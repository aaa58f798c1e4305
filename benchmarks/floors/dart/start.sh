exec /usr/code/ld.so --library-path /usr/code /usr/code/dartaotruntime /usr/code/floor.aot
