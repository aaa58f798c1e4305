use crate::{Request, Response};
use semver::{Version, VersionReq};
use serde::Serialize;

#[derive(Serialize)]
struct Verdict {
    version: String,
    compatible: bool,
}

pub fn main(req: Request, res: Response) -> Response {
    let version = match Version::parse(&req.payload) {
        Ok(version) => version,
        Err(error) => return res.send(error.to_string()).status(400),
    };
    let compatible = VersionReq::parse("^1.2").unwrap().matches(&version);
    res.json(Verdict { version: version.to_string(), compatible })
}
