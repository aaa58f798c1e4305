// Line 3 is no TypeScript.

export default (req, res => res.send('never');
