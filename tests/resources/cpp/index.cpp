#include "runtime.h"

namespace runtime {

Response main(Request req, Response res) {
    return res.json({
        {"normal", "Hello World!"},
        {"env1", req.env["ENV1"]},
        {"payload", req.payload},
    });
}

}  // namespace runtime
