module.exports = { main: 5 };
