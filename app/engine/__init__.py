"""The engine as the studio sees it: a child process, and one request's life."""
