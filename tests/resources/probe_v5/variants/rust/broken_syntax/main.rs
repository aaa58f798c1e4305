pub fn main(context: openruntimes::Context -> openruntimes::Response {
