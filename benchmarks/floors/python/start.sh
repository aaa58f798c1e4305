exec python3 -I -S /floor/server.py
