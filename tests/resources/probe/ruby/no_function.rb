# Defines no method called main.

def other(_req, res)
  res.send("never")
end
