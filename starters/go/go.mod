module function

go @VERSION@
