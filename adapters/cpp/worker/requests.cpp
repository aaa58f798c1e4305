#include "requests.h"

#include "reader.h"

namespace runtime {

std::optional<Request> read_request(std::string_view body) {
    Reader reader{body};
    Request request{.env = reader.pairs(), .headers = reader.pairs(), .payload = reader.text()};
    if (reader.malformed) return {};
    return request;
}

}  // namespace runtime
