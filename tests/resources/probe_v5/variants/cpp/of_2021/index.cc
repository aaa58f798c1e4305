#include "runtime.h"

namespace runtime {
Response main(Request req, Response res) { return res.send(req.payload); }
}
