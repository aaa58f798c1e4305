"""The build system of a monorepo of serverless function runtimes."""
