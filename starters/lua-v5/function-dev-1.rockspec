rockspec_format = "3.0"
package = "function"
version = "dev-1"
source = { url = "git+file://." }
dependencies = { "lua ~> @VERSION@" }
build = { type = "builtin", modules = {} }
