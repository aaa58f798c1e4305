set -eu
javac -d /usr/code /floor/Server.java
