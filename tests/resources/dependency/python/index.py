import orjson


def main(req, res):
    """Sort the keys of the payload, with a wheel whose code is native."""
    return res.json({"sorted": orjson.dumps(orjson.loads(req.payload), option=orjson.OPT_SORT_KEYS).decode()})
