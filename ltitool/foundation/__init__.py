"""What every feature stands on: database, clock, keys, jobs, storage, outbound HTTP, audit."""
