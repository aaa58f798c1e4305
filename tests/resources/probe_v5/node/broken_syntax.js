module.exports = async (context) => {
