-- Never finishes being loaded.
while true do end
