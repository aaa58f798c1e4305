use nowhere::nothing;

pub fn main(context: openruntimes::Context) -> openruntimes::Response {
    nothing();
    context.res.empty()
}
