#include "RuntimeContext.h"
namespace runtime { class Handler { public: static RuntimeOutput main(RuntimeContext& context { } };
