#include "turns.h"

#include <algorithm>
#include <utility>

namespace runtime {

std::size_t Turns::arrive() {
    const std::lock_guard lock(changing);
    return --coming;
}

bool Turns::take_now() {
    const std::lock_guard lock(changing);
    return !std::exchange(is_taken, true);
}

bool Turns::take(const Bell& bell) {
    std::unique_lock lock(changing);
    while (is_taken) {
        if (idle.size() == most_idle) return false;
        *bell = 0;
        idle.push_back(bell);
        lock.unlock();
        bell->wait(0);
        lock.lock();
        --coming;
    }
    is_taken = true;
    return true;
}

std::size_t Turns::pass(std::size_t waiting) {
    const std::size_t useful = std::clamp<std::size_t>(waiting, 1, ++busy);
    std::size_t missing = 0;
    std::vector<Bell> called;
    {
        const std::lock_guard lock(changing);
        is_taken = false;
        missing = useful - std::min(useful, coming);
        coming += missing;
        const auto first = idle.end() - std::min(missing, idle.size());
        called.assign(first, idle.end());
        idle.erase(first, idle.end());
    }
    for (const auto& bell : called) {
        *bell = 1;
        bell->notify_one();
    }
    return missing - called.size();
}

}  // namespace runtime
