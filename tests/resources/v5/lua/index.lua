-- The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
return function(context)
    context:log(context.req.method, context.req.path)
    return context.res:json({ normal = "Hello World!", path = context.req.path })
end
