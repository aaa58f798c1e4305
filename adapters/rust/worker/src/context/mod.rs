//! What a function of the open-runtimes protocol is called with (docs/protocol-v5.md): `main(context: Context) -> Response`.
//! The crate in ../types makes these the types of the package that functions name.

mod calls;
mod frames;
mod logging;
mod request;
mod response;

pub use calls::run;
pub use logging::{format_log_message, LogMessage, Logger, LoggerType};
pub use request::ContextRequest;
pub use response::{ContextResponse, Response};

/// The request, what answers are made with, and the request's log files.
#[derive(Clone)]
pub struct Context {
    pub req: ContextRequest,
    pub res: ContextResponse,
    logger: Logger,
}

impl Context {
    /// A context whose request is empty.
    pub fn new(logger: Logger) -> Self {
        Self { req: ContextRequest::default(), res: ContextResponse, logger }
    }

    /// Adds an entry to the request's logs.
    pub fn log<T: LogMessage>(&self, message: T) {
        self.logger.tell(LoggerType::Log, &message.to_log_string());
    }

    /// Adds one entry of several values to the request's logs.
    pub fn log_multiple(&self, messages: Vec<String>) {
        self.logger.tell(LoggerType::Log, &messages.join(" "));
    }

    /// Adds an entry to the request's errors.
    pub fn error<T: LogMessage>(&self, message: T) {
        self.logger.tell(LoggerType::Error, &message.to_log_string());
    }

    /// Adds one entry of several values to the request's errors.
    pub fn error_multiple(&self, messages: Vec<String>) {
        self.logger.tell(LoggerType::Error, &messages.join(" "));
    }

    pub fn get_logger(&self) -> &Logger {
        &self.logger
    }

    pub fn get_logger_mut(&mut self) -> &mut Logger {
        &mut self.logger
    }
}
