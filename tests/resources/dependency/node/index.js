const ms = require('ms');

module.exports = (req, res) => res.json({ milliseconds: ms(req.payload) });
