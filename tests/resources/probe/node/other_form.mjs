// The probe as an ES module with an asynchronous function.
import probe from './index.js';

export default async (req, res) => probe(req, res);
