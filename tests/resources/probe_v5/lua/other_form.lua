-- The probe as a function that the file returns, in a file that loads another.
require("index")

local probe = main
return function(context) return probe(context) end
