// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
#include "RuntimeContext.h"

namespace runtime {

class Handler {
public:
    static RuntimeOutput main(RuntimeContext& context) {
        context.log(context.req.method + " " + context.req.path);
        Json::Value answer;
        answer["normal"] = "Hello World!";
        answer["path"] = context.req.path;
        return context.res.json(answer);
    }
};

}  // namespace runtime
