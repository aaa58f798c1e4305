from ..actions import actions


async def main(context):
    return context.res.text(__name__)
