# The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
def main(context)
  context.log(context.req.method, context.req.path)
  context.res.json({ normal: "Hello World!", path: context.req.path })
end
