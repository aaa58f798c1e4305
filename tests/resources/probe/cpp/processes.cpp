// Processes and files.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "probe.h"

namespace probe {

std::pair<std::size_t, Json> until_error(std::size_t times, const std::function<std::optional<std::string>()>& work) {
    for (std::size_t done = 0; done < times; ++done) {
        if (const auto error = work()) return {done, *error};
    }
    return {times, nullptr};
}

int start_sleeper() {
    const int process = fork();
    if (process < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (process == 0) {
        setsid();
        execlp("sleep", "sleep", "60", static_cast<char*>(nullptr));
        _exit(127);
    }
    return process;
}

Response fill(const Response& res, const Options& options) {
    const auto path = options.get<std::string>("path", "/tmp/filled");
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) throw std::system_error(errno, std::generic_category(), path);
    const std::string block(mib, 'x');
    std::size_t written = 0;
    const auto [times, error] = until_error(options.get<std::size_t>("mib", 1024), [&]() -> std::optional<std::string> {
        const auto count = write(file, block.data(), block.size());
        if (count < 0) return std::generic_category().message(errno);
        written += count;
        return {};
    });
    close(file);
    return res.json({{"written", written}, {"error", error}});
}

}  // namespace probe
