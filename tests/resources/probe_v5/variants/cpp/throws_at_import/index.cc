#include <stdexcept>

#include "RuntimeContext.h"

namespace runtime {

// Runs before anything else.
static const int thrown = []() -> int { throw std::runtime_error("thrown while loading"); }();

class Handler {
public:
    static RuntimeOutput main(RuntimeContext& context) { return context.res.empty(); }
};

}
