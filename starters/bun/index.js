/** @type {import("./runtime_types").Handler} */
const main = async (req, res) => {
  let given;
  try {
    given = JSON.parse(req.payload || "{}");
  } catch {
    given = null;
  }
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    return res.json({ error: 'send a JSON object, such as {"name": "you"}' }, 400);
  }
  const greeting = req.env.GREETING ?? "Hello";
  const name = given.name ?? "World";
  return res.json({ message: `${greeting}, ${name}!`, client: req.headers["user-agent"] ?? "unknown" });
};

export default main;
