"""The engine: a child process that writes and paints. It knows neither the studio nor Qt."""
