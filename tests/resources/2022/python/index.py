import json


# What GREETING says to whom the payload names.
def main(req, res):
    payload = json.loads(req.payload or "{}")
    greeting = req.variables.get("GREETING", "Hello")
    return res.json({
        "message": f"{greeting}, {payload.get('name', 'World')}!",
        "client": req.headers.get("user-agent"),
    })
