# Nothing is told to its makers, and warnings are errors: MSBuild takes properties from the environment.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TreatWarningsAsErrors=true
