// Threads take turns at what only one may do at a time: here, reading the connection. Who has read a request lets another
// thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace runtime {

class Turns {
public:
    // Wakes one thread up: 1 when it has rung. One of these costs fewer wake-ups than a condition variable, whose thread
    // must have the lock before it goes on.
    using Bell = std::shared_ptr<std::atomic<int>>;

    // The first thread is to be started now.
    explicit Turns(std::size_t most_idle) : most_idle(most_idle) {}

    // One that was to be started is here, or could not be. Returns how many are still coming.
    std::size_t arrive();

    // Takes this thread's turn, if it need not wait for it.
    bool take_now();

    // Waits for this thread's turn. False if enough threads wait already, so that this one should end.
    bool take(const Bell& bell);

    // Ends the turn, because this thread is busy now, and calls others: one to wait for what comes, and if so much waits
    // already, as many as are busy. So quick work wakes few, and of slow work much begins soon. Returns how many threads must
    // be started, because none sleeps.
    std::size_t pass(std::size_t waiting);

    // This thread is no longer busy.
    void finish() { --busy; }

private:
    const std::size_t most_idle;
    // How many threads are busy with what they have read.
    std::atomic<std::size_t> busy = 0;
    std::mutex changing;
    bool is_taken = false;
    // How many threads were called or started that are not here yet.
    std::size_t coming = 1;
    // The bells of those that sleep: the last one is called first, whose stack is still in the caches.
    std::vector<Bell> idle;
};

}  // namespace runtime
