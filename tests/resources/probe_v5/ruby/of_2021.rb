def main(req, res) = res.json({ payload: req.payload })
