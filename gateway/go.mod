module runtimekit/gateway

go 1.24
