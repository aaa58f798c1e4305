export default async (req, res) => res.json({ payload: req.payload });
