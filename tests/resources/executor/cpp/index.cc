// What an executor asks of a function.
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "RuntimeContext.h"

const char* greeting();

namespace runtime {

class Handler {
public:
    static RuntimeOutput main(RuntimeContext& context) {
        const RuntimeRequest& req = context.req;
        context.log("called " + req.method + " " + req.path + " " + greeting());
        if (req.path == "/sleep") sleep(30);
        if (req.path == "/crash") kill(getpid(), SIGKILL);
        if (req.path == "/echo") {
            Json::Value headers;
            headers["x-made-by"] = "a function";
            return context.res.binary(req.bodyBinary, 201, headers);
        }
        if (req.path == "/write") {
            std::ofstream("/tmp/written").flush();
            errno = 0;
            std::ofstream("/mnt/logs/forged_logs.log").flush();
            if (errno == EACCES) context.error("EACCES");
        }
        Json::Value seen;
        for (char** pair = environ; *pair; ++pair) {
            const std::string text = *pair;
            const auto at = text.find('=');
            seen["env"][text.substr(0, at)] = text.substr(at + 1);
        }
        char folder[4096];
        seen["folder"] = getcwd(folder, sizeof folder);
        seen["headers"] = req.headers;
        seen["body"] = req.bodyText;
        seen["url"] = req.url;
        return context.res.json(seen);
    }
};

}  // namespace runtime
