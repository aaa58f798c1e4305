#include "turns.h"

#include <algorithm>

namespace runtime {

void Turns::arrive() {
    const std::lock_guard lock(changing);
    is_one_coming = false;
}

bool Turns::take(const Bell& bell) {
    std::unique_lock lock(changing);
    while (is_taken) {
        if (idle.size() == most_idle) return false;
        idle.push_back(bell);
        bell->wait(lock, [&] { return std::find(idle.begin(), idle.end(), bell) == idle.end(); });
        is_one_coming = false;
    }
    is_taken = true;
    return true;
}

bool Turns::pass() {
    Bell next;
    {
        const std::lock_guard lock(changing);
        is_taken = false;
        if (is_one_coming) return true;
        is_one_coming = true;
        if (idle.empty()) return false;
        next = std::move(idle.back());
        idle.pop_back();
    }
    next->notify_one();
    return true;
}

}  // namespace runtime
