//! What functions of the open-runtimes protocol are written with, under the package's name: build.sh puts this crate in
//! the package's place. All of it is the worker's.

pub use runtime_worker::context::{
    format_log_message, Context, ContextRequest, ContextResponse, LogMessage, Logger, LoggerType, Response,
};
