use crate::{Request, Response};

pub fn main(req: Request, res: Response) -> Response {
    res.send(req.payload)
}
