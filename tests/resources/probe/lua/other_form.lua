-- The probe as a function that the file returns, in a file that loads another.
require("index")

return function(req, res) main(req, res) end
