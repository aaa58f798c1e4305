module openruntimes/handler

go 1.20
