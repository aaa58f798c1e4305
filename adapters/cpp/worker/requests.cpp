#include "requests.h"

#include "reader.h"

namespace runtime {

std::optional<Request> read_request(std::string_view body) {
    Reader reader{body};
    Request request;
    request.env = reader.pairs();
    request.headers = reader.pairs();
    request.payload = reader.text();
    if (reader.malformed) return {};
    return request;
}

}  // namespace runtime
