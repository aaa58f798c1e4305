"""Holds no function called main."""


def other(req, res):
    return res.send("never")
