// inflate COMMAND… <ARCHIVE: runs a command whose standard input is what the gzip archive holds. It ends as the command
// does, or with 1 if the archive is damaged. Most of a cold start is unpacking a function: with ISA-L that takes a third
// of the time that GNU gzip and busybox take. Static, so that it runs in any image.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <igzip_lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1 << 17, PIPE_SIZE = 1 << 20, USAGE_ERROR = 64, NOT_FOUND = 127 };

static int fail(const char* what) {
    fprintf(stderr, "inflate: %s\n", what);
    return 1;
}

// Writes all of it. False if nobody reads any more.
static int put(int target, const uint8_t* bytes, size_t size) {
    while (size > 0) {
        const ssize_t count = write(target, bytes, size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return 0;
        bytes += count;
        size -= count;
    }
    return 1;
}

// Reads more of the archive. The number of bytes; 0 at its end, or if it cannot be read.
static size_t fill(struct inflate_state* state, uint8_t* in) {
    memmove(in, state->next_in, state->avail_in);
    state->next_in = in;
    ssize_t count;
    do count = read(STDIN_FILENO, in + state->avail_in, SIZE - state->avail_in);
    while (count < 0 && errno == EINTR);
    if (count < 0) perror("inflate");
    if (count <= 0) return 0;
    state->avail_in += count;
    return count;
}

// Whether the next two bytes begin a member.
static int begins_member(struct inflate_state* state, uint8_t* in) {
    while (state->avail_in < 2 && fill(state, in) > 0) continue;
    return state->avail_in >= 2 && state->next_in[0] == 0x1f && state->next_in[1] == 0x8b;
}

// Inflates all members of the archive (RFC 1952) into the target. What follows the last one is padding, as gzip has it.
static int inflate_into(int target) {
    static uint8_t in[SIZE], out[SIZE];
    struct inflate_state state;
    isal_inflate_init(&state);
    state.next_in = in;
    if (!begins_member(&state, in)) return fail("this is no gzip archive");
    do {
        isal_inflate_reset(&state);
        state.crc_flag = ISAL_GZIP;
        while (state.block_state != ISAL_BLOCK_FINISH) {
            if (state.avail_in == 0 && fill(&state, in) == 0) return fail("the archive ends too early");
            do {
                state.next_out = out;
                state.avail_out = SIZE;
                if (isal_inflate(&state) < 0) return fail("the archive is damaged");
                if (!put(target, out, state.next_out - out)) return 0;  // the command has all that it wants
            } while (state.avail_out == 0);  // it may hold back more
        }
    } while (begins_member(&state, in));
    return 0;
}

int main(int count, char** words) {
    int ends[2], status;
    if (count < 2) {
        fprintf(stderr, "usage: inflate COMMAND… <ARCHIVE\n");
        return USAGE_ERROR;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(strerror(errno));
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);  // fewer turns; a system that refuses has a smaller one
    const pid_t command = fork();
    if (command < 0) return fail(strerror(errno));
    if (command == 0) {
        dup2(ends[0], STDIN_FILENO);
        execvp(words[1], words + 1);
        perror(words[1]);
        _exit(NOT_FOUND);
    }
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    const int damaged = inflate_into(ends[1]);
    close(ends[1]);
    while (waitpid(command, &status, 0) < 0 && errno == EINTR) continue;
    const int ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended != 0 ? ended : damaged;
}
