set -eu
cp /floor/server.ml /tmp/server.ml
cd /tmp
ocamlfind ocamlopt -O3 -package unix,threads.posix -linkpkg -ccopt -static -o /usr/code/floor server.ml 2>/tmp/log ||
    ocamlopt -I +unix -I +threads unix.cmxa threads.cmxa -ccopt -static -o /usr/code/floor server.ml
