require "nowhere"

def main(context) = context.res.empty
