#!/bin/sh
# The server that the suite's functions call for a library's sake, with a certificate of its own. Its authority's
# certificate is written to standard output; the server listens on port 443.
set -eu
host=$1
cd "$(mktemp -d)"
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=test authority" \
        -keyout authority.key -out authority.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host" -keyout server.key -out server.csr
    printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\n' "$host" >server.ext
    openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile server.ext \
        -out server.pem
} 2>openssl.log || { cat openssl.log >&2; exit 1; }
mkdir todos
body='{"id":5,"todo":"Invest in cryptocurrency","completed":false,"userId":163}'
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
    "${#body}" "$body" >todos/5
cat authority.pem
exec openssl s_server -quiet -accept 443 -cert server.pem -key server.key -HTTP
