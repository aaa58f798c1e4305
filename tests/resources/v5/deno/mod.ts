// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
export default async ({ req, res, log }: any): Promise<unknown> => {
  log(`${req.method} ${req.path}`);
  return res.json({ normal: 'Hello World!', path: req.path });
};
