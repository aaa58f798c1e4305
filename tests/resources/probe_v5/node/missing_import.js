require('./nowhere');
module.exports = async ({ res }) => res.empty();
