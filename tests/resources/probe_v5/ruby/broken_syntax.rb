def main(context
