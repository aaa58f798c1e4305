check() { mix format --check-formatted '*.{ex,exs}' '{runtime_types,test}/*' && mix compile --force --warnings-as-errors; }
