// The probe as CommonJS.
module.exports = require('./actions.cjs');
