// Where things happened in the function's own files: Swift's errors do not remember it, and its traps say it to nobody.
#pragma once

// Notes where errors are thrown, and prints to stderr where the process traps. Once, at the start.
void traces_watch(void);

// Between these two, this thread's errors are noted, and it has a stack for its traps, even if its own is full.
void traces_enter(void);
void traces_leave(void);

// What was noted so far is of no interest to the thread's next request.
void traces_forget(void);

// Where `error` was thrown, if it is the last that this thread has thrown: a line for each place, else "".
// Valid until the thread asks again.
const char *traces_of(const void *error);

// What Swift's view of the C library lacks: larger blocks of memory go back to the system at once. Kept for each thread, they
// would add up.
void keep_little(void);
