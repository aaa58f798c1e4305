import probe from './actions.cjs';

export default async (context: any): Promise<unknown> => probe(context);
