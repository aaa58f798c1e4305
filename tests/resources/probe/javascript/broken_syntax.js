// Line 3 is no JavaScript.

module.exports = (req, res => res.send('never');
