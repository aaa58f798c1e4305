// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
module.exports = async ({ req, res, log }) => {
  log(`${req.method} ${req.path}`);
  return res.json({ normal: 'Hello World!', path: req.path });
};
