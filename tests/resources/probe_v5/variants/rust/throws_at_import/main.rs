// Nothing in Rust itself runs before `main`; this is how crates do it that register something at the start.
#[used]
#[link_section = ".init_array"]
static BEFORE: extern "C" fn() = before;

extern "C" fn before() {
    eprintln!("thrown while loading");
    std::process::exit(1);
}

pub fn main(context: openruntimes::Context) -> openruntimes::Response {
    context.res.empty()
}
