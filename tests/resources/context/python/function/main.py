"""A blocking function."""

from .actions import actions


def main(context):
    return actions[context.req.path[1:]](context)
