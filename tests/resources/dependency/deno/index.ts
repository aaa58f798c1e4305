import ms from 'npm:ms@2.1.3';

export default (req: { payload: string }, res: { json(value: unknown): unknown }) =>
  res.json({ milliseconds: ms(req.payload) });
