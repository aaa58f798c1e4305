# Warnings are errors.
export CXXFLAGS='-Wall -Wextra -Werror'
