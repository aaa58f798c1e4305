"""Line 4 is no Python."""


def main(req, res:
    return res.send("never")
