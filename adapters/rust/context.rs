// The program of a function that takes a context: its crate is the library `handler`.
// The linker warns of things that are no news, and no fault of the function.
#![allow(unknown_lints, linker_messages)]

extern crate handler;
extern crate runtime_worker;

fn main() {
    runtime_worker::context::run(handler::main)
}
