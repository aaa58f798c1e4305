# Line 4 is no Ruby.

def main(req, res)
  res.send("never"]
end
