export default async function(req: any, res: any) {
    console.log('asked for', req.headers.host || 'nobody');

    res.json({
        normal: 'Hello World!',
        env1: req.env['ENV1'],
        payload: req.payload,
    });
}
