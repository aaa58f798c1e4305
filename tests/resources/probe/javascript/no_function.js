exports.other = (req, res) => res.send('never');
