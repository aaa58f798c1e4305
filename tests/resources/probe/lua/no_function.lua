-- Holds no function called main.
function other(req, res) res:send("never") end
