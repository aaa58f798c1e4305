#include "errors.h"

#include <cxxabi.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <typeinfo>

// What std::stacktrace is made of. That class itself would show only the innermost of functions inlined into each other.
extern "C" {
struct __glibcxx_backtrace_state;
using OnMistake = void (*)(void*, const char*, int);
using OnAddress = int (*)(void*, std::uintptr_t);
using OnPlace = int (*)(void*, std::uintptr_t, const char* file, int line, const char* function);
__glibcxx_backtrace_state* __glibcxx_backtrace_create_state(const char* program, int threaded, OnMistake, void*);
int __glibcxx_backtrace_simple(__glibcxx_backtrace_state*, int skip, OnAddress, OnMistake, void*);
int __glibcxx_backtrace_pcinfo(__glibcxx_backtrace_state*, std::uintptr_t address, OnPlace, OnMistake, void*);
}

namespace runtime {
namespace {

// In bytes; leaves room for the stack trace in the 8 KiB of a message.
constexpr std::size_t text_limit = 4000;

// The last exception that this thread has thrown, and from where.
thread_local struct {
    const void* exception;
    std::size_t size;
    std::array<std::uintptr_t, 64> trace;
} last;

// The function's folder, in which the gateway starts the worker.
const std::string folder = std::filesystem::current_path().string() + "/";

void disregard(void*, const char*, int) {}

__glibcxx_backtrace_state* backtraces() {
    static const auto state = __glibcxx_backtrace_create_state(nullptr, true, disregard, nullptr);
    return state;
}

std::string demangled(const char* mangled) {
    const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(mangled, nullptr, nullptr, nullptr), std::free);
    std::string name = plain ? plain.get() : mangled;
    constexpr std::string_view nameless = "(anonymous namespace)::";
    for (std::size_t at; (at = name.find(nameless)) != name.npos;) name.erase(at, nameless.size());
    return name;
}

// As many whole characters as the limit has room for.
std::string shortened(std::string_view text) {
    if (text.size() <= text_limit) return std::string(text);
    std::size_t end = text_limit;
    while (end > text_limit - 4 && (text[end] & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end));
}

// "type: text". What std::throw_with_nested wraps is called by its own name.
std::string described(const std::type_info& type, const char* text) {
    std::string name = demangled(type.name());
    if (constexpr std::string_view wrapper = "std::_Nested_exception<"; name.starts_with(wrapper)) {
        name = name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
    }
    return text ? name + ": " + shortened(text) : name;
}

// The exception that is being handled, and those that are nested in it.
std::string text_of_current() {
    const std::type_info& type = *abi::__cxa_current_exception_type();
    try {
        throw;
    } catch (const std::exception& error) {
        std::string text = described(typeid(error), error.what());
        try {
            std::rethrow_if_nested(error);
        } catch (...) {
            text += "\ncaused by " + text_of_current();
        }
        return text;
    } catch (const std::string& text) {
        return described(type, text.c_str());
    } catch (const char* text) {
        return described(type, text);
    } catch (int number) {
        return described(type, std::to_string(number).c_str());
    } catch (...) {
        return described(type, nullptr);
    }
}

// Adds a place to the text of a trace if it is in the function's own files.
int add_own(void* frames, std::uintptr_t, const char* file, int line, const char* function) {
    if (file && std::string_view(file).starts_with(folder)) {
        std::string name = function ? demangled(function) : "…";
        name.erase(std::min(name.find('('), name.size()));
        *static_cast<std::string*>(frames) += "\n    at " + name + " (" + file + ":" + std::to_string(line) + ")";
    }
    return 0;
}

// Where the exception that is being handled came from, if this thread has thrown it and none since.
std::string own_frames() {
    const std::exception_ptr current = std::current_exception();
    std::string frames;
    // One thread at a time: several that look for the first time would each keep all the names and lines in memory.
    static std::mutex looking;
    // An exception_ptr is a pointer to the exception, and nothing else.
    if (*reinterpret_cast<const void* const*>(&current) != last.exception) return frames;
    const std::lock_guard lock(looking);
    for (std::size_t at = 0; at < last.size; ++at) {
        __glibcxx_backtrace_pcinfo(backtraces(), last.trace[at], add_own, disregard, &frames);
    }
    return frames;
}

int remember(void*, std::uintptr_t address) {
    last.trace[last.size++] = address;
    return last.size == last.trace.size();  // whether it is enough
}

}  // namespace

std::string describe_current_exception() { return text_of_current() + own_frames(); }

void forget_exceptions() { last.exception = nullptr; }

void remember_throw(const void* exception) {
    last.exception = exception;
    last.size = 0;
    // Of all frames: how many the compiler leaves of this call's own is its affair, and they are not in the function's files.
    __glibcxx_backtrace_simple(backtraces(), 0, remember, disregard, nullptr);
}

}  // namespace runtime
