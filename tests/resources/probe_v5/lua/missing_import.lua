require("nowhere")

function main(context) return context.res:empty() end
