// The linker puts this before every throw of a static program (--wrap).

#include <typeinfo>

#include "errors.h"

extern "C" {
[[noreturn]] void __real___cxa_throw(void* exception, std::type_info* type, void (*destroy)(void*));

[[noreturn]] void __wrap___cxa_throw(void* exception, std::type_info* type, void (*destroy)(void*)) {
    runtime::remember_throw(exception);
    __real___cxa_throw(exception, type, destroy);
}
}
