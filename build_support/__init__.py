"""What is needed while the project is built or installed, and never while it runs."""
