//! For editors and `cargo test`: the runtime makes a program of index.rs, without this file.

pub mod index;
#[cfg(test)]
mod index_test;
mod runtime_types;

pub use runtime_types::{Request, Response};
