"""A function for an event loop."""

from function.actions import actions


async def main(context):
    result = actions[context.req.path[1:]](context)
    return await result if hasattr(result, "__await__") else result
