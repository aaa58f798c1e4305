// What GREETING says to whom the payload names.
export default async function (req: any, res: any) {
  const payload = JSON.parse(req.payload === "" ? "{}" : req.payload);
  const greeting = req.variables["GREETING"] ?? "Hello";
  console.log("greeting", payload.name);
  res.json({ message: `${greeting}, ${payload.name ?? "World"}!`, client: req.headers["user-agent"] });
}
