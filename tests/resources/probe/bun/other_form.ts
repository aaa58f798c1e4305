// The probe in TypeScript, as an ES module with an asynchronous function.
import probe from './index.js';

type Request = { env: Record<string, string>; headers: Record<string, string>; payload: string };

export default async (req: Request, res: object): Promise<unknown> => await probe(req, res);
