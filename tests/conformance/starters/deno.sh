# deno test has checked the types.
check() { deno fmt --check ./*.ts && deno lint; }
