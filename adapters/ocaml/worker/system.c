/* What OCaml's own library lacks. */
#define CAML_INTERNALS
#include <caml/backtrace.h>
#include <caml/mlvalues.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/socket.h>

/* It can change the environment's variables, but remove none. */
value runtime_unsetenv(value name) {
    unsetenv(String_val(name));
    return Val_unit;
}

/* Its own send and recv let other threads run, and then have to wait for them. These two move what can be moved at once,
   which takes less time than that: the number of bytes, or -1 if there is nothing to be done without waiting. */
value runtime_send_now(value descriptor, value text, value from) {
    const size_t size = caml_string_length(text) - Long_val(from);
    return Val_long(send(Int_val(descriptor), String_val(text) + Long_val(from), size, MSG_DONTWAIT | MSG_NOSIGNAL));
}

value runtime_receive_now(value descriptor, value bytes) {
    ssize_t count;
    do count = recv(Int_val(descriptor), Bytes_val(bytes), caml_string_length(bytes), MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    return Val_long(count);
}

/* What this thread has raised so far was of an earlier request. */
value runtime_forget_backtrace(value unit) {
    caml_record_backtraces(0);
    caml_record_backtraces(1);
    return Val_unit;
}

/* Larger blocks go back to the system at once: kept for each thread, they would add up. */
value runtime_keep_little(value unit) {
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    return Val_unit;
}
