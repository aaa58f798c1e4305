// This is found before the library's own, by every throw in a program that shares its libraries, also by theirs.

#include <dlfcn.h>

#include "errors.h"

// The compiler knows it by this signature.
extern "C" [[noreturn]] void __cxa_throw(void* exception, void* type, void (*destroy)(void*)) {
    using Throw = void (*)(void*, void*, void (*)(void*));
    static const auto next = reinterpret_cast<Throw>(dlsym(RTLD_NEXT, "__cxa_throw"));
    runtime::remember_throw(exception);
    next(exception, type, destroy);
    __builtin_unreachable();
}
