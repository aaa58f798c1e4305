import json

from runtime_types import Request, Response


def main(req: Request, res: Response) -> Response:
    try:
        given = json.loads(req.payload or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        return res.json({"error": 'send a JSON object, such as {"name": "you"}'}, 400)
    greeting = req.env.get("GREETING", "Hello")
    name = given.get("name", "World")
    client = req.headers.get("user-agent", "unknown")
    return res.json({"message": f"{greeting}, {name}!", "client": client})
