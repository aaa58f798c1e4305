function main(req, res) return res:json({ payload = req.payload }) end
