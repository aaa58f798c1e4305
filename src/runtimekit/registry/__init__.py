"""A client of the OCI distribution protocol, as small as publishing needs it.

Our own, so that one path serves every builder, and so that what a fault ends in is decided here: which are tried again,
how a ``Retry-After`` reaches all workers, and that nothing is uploaded which is there already. urllib3 does the HTTP.
"""
