// A thread for each connection, since C++'s standard library has neither sockets nor JSON: what the runtime is compared
// with.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

static const std::string body = R"({"normal":"Hello World!","env1":"hello","payload":"benchmark"})";
static const std::string answer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;

static void serve(int client) {
    std::string received;
    char part[16384];
    for (;;) {
        const auto end = received.find("\r\n\r\n");
        if (end != std::string::npos) {
            const char *field = strcasestr(received.c_str(), "\r\ncontent-length:");
            const auto whole = end + 4 + (field ? std::stoul(field + 17) : 0);
            if (received.size() >= whole) {
                received.erase(0, whole);
                if (write(client, answer.data(), answer.size()) < 0) break;
                continue;
            }
        }
        const auto size = read(client, part, sizeof part);
        if (size <= 0) break;
        received.append(part, size);
    }
    close(client);
}

int main() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(3000), .sin_addr = {INADDR_ANY}, .sin_zero = {}};
    if (bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address) || listen(listener, 128)) return 1;
    for (;;) {
        const int client = accept(listener, nullptr, nullptr);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread(serve, client).detach();
    }
}
