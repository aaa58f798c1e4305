// What GREETING says to whom the payload names.
module.exports = async function (req, res) {
  const payload = JSON.parse(req.payload === '' ? '{}' : req.payload);
  const greeting = req.variables['GREETING'] ?? 'Hello';
  console.log('greeting', payload.name);
  res.json({ message: `${greeting}, ${payload.name ?? 'World'}!`, client: req.headers['user-agent'] });
};
