#include "RuntimeContext.h"

namespace runtime {
constexpr int main_of_nothing = 5;
}
