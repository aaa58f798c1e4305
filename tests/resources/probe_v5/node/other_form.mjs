// The probe as an ES module.
import probe from './index.js';

export default async (context) => probe(context);
