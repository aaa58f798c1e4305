exec java -XX:+UseSerialGC -XX:MaxRAMPercentage=50 -Dsun.net.httpserver.nodelay=true -cp /usr/code Server
