module.exports = 'no function';
