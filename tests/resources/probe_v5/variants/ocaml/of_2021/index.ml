let main (req : Request.t) (res : Response.t) = Response.text res req.path
