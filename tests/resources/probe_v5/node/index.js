module.exports = require('./actions.cjs');
