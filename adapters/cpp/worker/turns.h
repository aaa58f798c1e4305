// Threads take turns at what only one may do at a time: here, reading the connection. Who has read a request lets another
// thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace runtime {

class Turns {
public:
    // Wakes one thread up.
    using Bell = std::shared_ptr<std::condition_variable>;

    // The first thread is to be started now.
    explicit Turns(std::size_t most_idle) : most_idle(most_idle) {}

    // What a thread that was started does first.
    void arrive();

    // Waits for this thread's turn. False if enough threads wait already, so that this one should end.
    bool take(const Bell& bell);

    // Ends the turn and calls the next thread. False if there is none, so that one must be started.
    bool pass();

private:
    const std::size_t most_idle;
    std::mutex changing;
    bool is_taken = false;
    // Whether a thread was called or started that is not here yet. It finds what there is to do, so one is enough.
    bool is_one_coming = true;
    // The bells of those that sleep: the last one is called first, whose stack is still in the caches.
    std::vector<Bell> idle;
};

}  // namespace runtime
