exec dotnet /usr/code/server.dll
