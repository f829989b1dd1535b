"""`ltitool story`: thirteen weeks played through real HTTP, on a clock of their own."""
