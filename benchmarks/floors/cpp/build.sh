set -eu
g++ -std=c++20 -O2 -D_GNU_SOURCE -static -o /usr/code/floor /floor/server.cpp
