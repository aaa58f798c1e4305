import ms from 'ms';

export default (req: { payload: string }, res: { json(value: unknown): unknown }) =>
  res.json({ milliseconds: ms(req.payload) });
