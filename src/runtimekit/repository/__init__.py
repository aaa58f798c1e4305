"""What the monorepo says: runtimes, languages, configuration, recipes, Dockerfiles, and what has changed."""
