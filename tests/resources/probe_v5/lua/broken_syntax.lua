function main(context
