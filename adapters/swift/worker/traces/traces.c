#include "traces.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// libbacktrace, which comes with GCC; its header lies where only GCC looks.
struct backtrace_state;
typedef void (*on_mistake)(void *, const char *, int);
typedef int (*on_address)(void *, uintptr_t);
typedef int (*on_place)(void *, uintptr_t, const char *file, int line, const char *function);
struct backtrace_state *backtrace_create_state(const char *program, int threaded, on_mistake, void *);
int backtrace_simple(struct backtrace_state *, int skip, on_address, on_mistake, void *);
int backtrace_pcinfo(struct backtrace_state *, uintptr_t address, on_place, on_mistake, void *);

// Swift's runtime: what every throw calls, also that of a `throws(Type)`, and what keeps an error from being freed.
extern _Atomic(void (*)(void *error)) _swift_willThrow;
extern _Atomic(void (*)(void *value, const void *type, const void *conformance)) _swift_willThrowTypedImpl;
void *swift_errorRetain(void *error);
void swift_errorRelease(void *error);

enum { most_frames = 64, most_text = 3 << 10, stack_size = 64 << 10 };

static struct backtrace_state *backtraces;
// The function's folder, in which the gateway starts the worker.
static char folder[4096];

static _Thread_local struct {
    void *stack;
    void *error;  // the last that was thrown; held, so that no other one gets its address
    size_t frames;
    uintptr_t addresses[most_frames];
    size_t size;
    char text[most_text];
} here;

static void disregard(void *data, const char *message, int number) {}

static int remember(void *data, uintptr_t address) {
    here.addresses[here.frames++] = address;
    return here.frames == most_frames;  // whether it is enough
}

static void remember_stack(void) {
    here.frames = 0;
    backtrace_simple(backtraces, 0, remember, disregard, NULL);
}

static void note_throw(void *error) {
    if (!here.stack || (error && error == here.error)) return;  // thrown once more: where it came from still counts
    if (here.error) swift_errorRelease(here.error);
    here.error = error ? swift_errorRetain(error) : NULL;
    remember_stack();
}

// What a `throws(Type)` throws is put into an error only where it leaves such functions.
static void note_typed_throw(void *value, const void *type, const void *conformance) { note_throw(NULL); }

// Adds a place to the text if it is a line of the function's own files, or why the compiler put a trap there.
static int add_own(void *data, uintptr_t address, const char *file, int line, const char *function) {
    static const char failure[] = "Swift runtime failure: ";
    char *const end = here.text + here.size;
    const size_t room = sizeof here.text - here.size;
    int added = 0;
    if (function && !strncmp(function, failure, sizeof failure - 1)) {
        added = snprintf(end, room, "\nFatal error: %s", function + sizeof failure - 1);
    } else if (file && !strncmp(file, folder, strlen(folder))) {
        const char *const name = function ? function : "…";
        // What the compiler has made of several lines has none.
        added = line ? snprintf(end, room, "\n    at %s (%s:%d)", name, file, line) : snprintf(end, room, "\n    at %s (%s)", name, file);
    }
    if (added < 0 || (size_t)added >= room) {
        *end = 0;  // whole lines only
        return 1;
    }
    here.size += added;
    return 0;
}

static const char *describe_stack(void) {
    here.size = 0;
    here.text[0] = 0;
    for (size_t at = 0; at < here.frames; at++) {
        if (backtrace_pcinfo(backtraces, here.addresses[at], add_own, disregard, NULL)) break;
    }
    return here.text;
}

const char *traces_of(const void *error) {
    // One thread at a time: several that look for the first time would each keep all the names and lines in memory.
    static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;
    if (here.error && error != here.error) return "";
    pthread_mutex_lock(&looking);
    const char *const trace = describe_stack();
    pthread_mutex_unlock(&looking);
    return trace;
}

// Prints the trace: the gateway's message for a crash is the signal and the last lines of output (contract E4).
static void die(int number) {
    alarm(1);  // whatever is broken by now must not keep the process from ending
    signal(number, SIG_DFL);
    remember_stack();
    const char *trace = describe_stack();
    // Why it traps, Swift has said, or the trace does.
    const char *said = number == SIGILL || number == SIGTRAP ? "" : strsignal(number);
    if (*said || *trace) dprintf(STDERR_FILENO, "%s%s\n", said, *said ? trace : trace + 1);
    raise(number);
}

void traces_watch(void) {
    static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    const struct sigaction action = {.sa_handler = die, .sa_flags = SA_ONSTACK | SA_NODEFER};
    if (getcwd(folder, sizeof folder - 1)) strcat(folder, "/");
    backtraces = backtrace_create_state(NULL, 1, disregard, NULL);
    atomic_store(&_swift_willThrow, note_throw);
    atomic_store(&_swift_willThrowTypedImpl, note_typed_throw);
    for (size_t at = 0; at < sizeof fatal / sizeof *fatal; at++) sigaction(fatal[at], &action, NULL);
}

void traces_enter(void) {
    here.stack = malloc(stack_size);
    sigaltstack(&(stack_t){.ss_sp = here.stack, .ss_size = stack_size}, NULL);
}

void traces_forget(void) {
    if (here.error) swift_errorRelease(here.error);
    here.error = NULL;
    here.frames = 0;
}

void traces_leave(void) {
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    free(here.stack);
    here.stack = NULL;
}

void keep_little(void) { mallopt(M_MMAP_THRESHOLD, 256 << 10); }
