/* What OCaml's own library lacks: it can change the environment's variables, but remove none. */
#include <caml/mlvalues.h>
#include <stdlib.h>

value runtime_unsetenv(value name) {
    unsetenv(String_val(name));
    return Val_unit;
}
