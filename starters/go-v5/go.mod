module openruntimes/handler

go @VERSION@

require github.com/open-runtimes/types-for-go/v4 v4.0.7

replace github.com/open-runtimes/types-for-go/v4 => ./runtime_types
