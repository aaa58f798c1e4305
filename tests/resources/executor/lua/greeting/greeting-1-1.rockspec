rockspec_format = "3.0"
package = "greeting"
version = "1-1"
source = { url = "git+file://." }
dependencies = { "lua ~> 5.4" }
build = { type = "builtin", modules = { greeting = "greeting.lua" } }
