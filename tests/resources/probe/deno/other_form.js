// The probe in JavaScript, with an asynchronous function.
import probe from './index.ts';

export default async (req, res) => await probe(req, res);
