const greet = require('greeting');

module.exports = async (req, res) => {
    console.log('asked for', req.headers.host || 'nobody');

    res.json({
        normal: greet('World'),
        env1: req.env['ENV1'],
        payload: req.payload,
    });
}
