check() { luac -p runtime_types.lua; }
