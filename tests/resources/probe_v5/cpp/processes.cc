// Processes and files.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "probe.h"

namespace probe {
namespace {

RuntimeOutput refused(RuntimeContext& context, int error) { return context.res.text(strerrorname_np(error), 403); }

}  // namespace

// Runs a command of the shell whose output is this function's own.
void shell(const std::string& command) {
    if (std::system(command.c_str()) < 0) throw std::runtime_error("no shell");
}

RuntimeOutput send_signal(RuntimeContext& context, const Json::Value& given) {
    const auto& pid = given["pid"];
    const int target = pid == "parent" ? getppid() : pid == "self" ? getpid() : pid.asInt();
    const std::string said = kill(target, SIGKILL) == 0 ? "sent" : strerrorname_np(errno);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return context.res.text(said);
}

RuntimeOutput identity(RuntimeContext& context) {
    gid_t groups[64];
    const int count = getgroups(64, groups);
    Json::Value identity;
    identity["user"] = getuid();
    identity["group"] = getgid();
    identity["groups"] = Json::arrayValue;
    for (int at = 0; at < count; ++at) identity["groups"].append(groups[at]);
    identity["folder"] = std::filesystem::current_path().string();
    return context.res.json(identity);
}

RuntimeOutput environment(RuntimeContext& context) {
    Json::Value variables = Json::objectValue;
    for (char** pair = environ; *pair; ++pair) {
        const std::string text = *pair;
        const auto at = text.find('=');
        variables[text.substr(0, at)] = text.substr(at + 1);
    }
    return context.res.json(variables);
}

RuntimeOutput read_file(RuntimeContext& context, const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return errno ? refused(context, errno) : context.res.text(text);
}

RuntimeOutput write_file(RuntimeContext& context, const std::string& path, const std::string& text) {
    errno = 0;
    std::ofstream file(path, std::ios::app);
    file << text << std::flush;
    return file ? context.res.text("written") : refused(context, errno);
}

// Writes until the folder takes no more, at most so many MiB; keeps nothing.
RuntimeOutput fill(RuntimeContext& context, const std::string& path, int mib) {
    std::string said = "written";
    const std::string block(1 << 20, '\0');
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    for (int written = 0; written < mib; ++written) {
        if (write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size())) continue;
        // Where little is left a part is written, and the next byte says why not more.
        if (write(file, block.data(), block.size()) < 0) said = strerrorname_np(errno);
        break;
    }
    close(file);
    std::filesystem::remove(path);
    return context.res.text(said);
}

}  // namespace probe
