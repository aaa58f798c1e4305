// What GREETING says to whom the payload names.
module.exports = async (req, res) => {
  const { name = 'World' } = JSON.parse(req.payload || '{}');
  const { GREETING = 'Hello' } = req.variables;
  return res.json({ message: `${GREETING}, ${name}!`, client: req.headers['user-agent'] });
};
